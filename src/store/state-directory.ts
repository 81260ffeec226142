// SPDX-License-Identifier: Apache-2.0
/**
 * The state directory: one directory an id below the root, holding `state.json`, a copy of the config and the start gate.
 *
 * Claiming an id is one mkdir(2), so two runtimes can never both win. Whoever works on a container holds a lock on its
 * directory; the kernel drops it when that process dies, at whatever instant, which is how a crashed create is told from one
 * under way.
 */
import {
  createFile,
  lock,
  openFile,
  O_DIRECTORY,
  O_RDONLY,
  readFile,
  readFileIfAny,
  tryLock,
  writeFileAtomic,
} from "../linux/file.ts";
import { listDirectory, DT_DIR, makeDirectories, mkdir, removeTree } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { chmod, statIfAny } from "../linux/stat.ts";

const recordName = "state.json";
const configName = "config.json";

/** Path of a container's directory. */
export function directoryOf(root: string, id: string): string {
  return `${root}/${id}`;
}

/**
 * Claims an id: makes its directory and locks it.
 *
 * Throws SyscallError EEXIST when the id is taken, and whatever the file system says (ENOSPC, EROFS, EACCES).
 */
export function claim(root: string, id: string): Fd {
  const path = directoryOf(root, id);
  try {
    mkdir(path, 0o711);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    makeDirectories(root, 0o711);
    mkdir(path, 0o711);
  }
  const directory = openFile(path, O_RDONLY | O_DIRECTORY);
  lock(directory, "exclusive");
  return directory;
}

/** Opens a container's directory. Throws SyscallError ENOENT where there is none. */
export function openDirectory(root: string, id: string): Fd {
  return openFile(directoryOf(root, id), O_RDONLY | O_DIRECTORY);
}

/** Takes the lock of an open container directory if nobody works on it; false when somebody does. */
export function tryLockDirectory(directory: Fd): boolean {
  return tryLock(directory, "exclusive");
}

/** Writes the first record and the copy of the config. The id was claimed a moment ago, so nobody can read them yet. */
export function writeFirstRecord(directory: Fd, record: string, config: string): void {
  createFile({ dir: directory, name: configName }, config, 0o600);
  createFile({ dir: directory, name: recordName }, record, 0o600);
}

/** Replaces the record; a reader sees the old one or the new one. */
export function replaceRecord(directory: Fd, record: string): void {
  writeFileAtomic(directory, recordName, record, 0o600);
}

const notifyName = "notify";

/** Where the socket of sd_notify(3) is, for a container that has one. */
export function notifyDirectoryOf(root: string, id: string): string {
  return `${directoryOf(root, id)}/${notifyName}`;
}

/** Whether container `id` has such a directory. */
export function hasNotifyDirectory(root: string, id: string): boolean {
  return statIfAny(notifyDirectoryOf(root, id)) !== undefined;
}

/** Makes that directory in the container's own; it will be mounted in the container, for any user there. */
export function makeNotifyDirectory(directory: Fd): void {
  mkdir(notifyName, 0o755, directory);
  chmod(notifyName, 0o755, directory); // whatever the umask
}

/** Reads the record. Throws SyscallError ENOENT where there is no such container, or no record yet. */
export function readRecord(root: string, id: string): string {
  return readFile(`${directoryOf(root, id)}/${recordName}`);
}

/** Reads the config that the container was created from. */
export function readConfigCopy(root: string, id: string): string {
  return readFile(`${directoryOf(root, id)}/${configName}`);
}

/** Removes a container's directory and all in it; one that is gone is fine. */
export function removeDirectory(root: string, id: string): void {
  removeTree(directoryOf(root, id));
}

/** Ids of all directories below the root, sorted. Throws SyscallError ENOENT when there is no root. */
export function listIds(root: string): string[] {
  return listDirectory(root)
    .filter(({ type }) => type === DT_DIR)
    .map(({ name }) => name)
    .sort();
}

/** Whether a container's directory is there, whatever is in it. */
export function directoryExists(root: string, id: string): boolean {
  return statIfAny(directoryOf(root, id)) !== undefined;
}

const resourcesName = "resources.json";

/** The limits that the last `update` left; undefined before the first. */
export function readResources(root: string, id: string): string | undefined {
  return readFileIfAny(`${directoryOf(root, id)}/${resourcesName}`);
}

/** Keeps the limits for the next `update`. */
export function replaceResources(directory: Fd, text: string): void {
  writeFileAtomic(directory, resourcesName, text, 0o600);
}
