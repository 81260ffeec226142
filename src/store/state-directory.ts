// SPDX-License-Identifier: Apache-2.0
/**
 * The state directory: one directory an id below the root, holding `state.json`, a copy of the config and the start gate.
 *
 * Claiming an id is one mkdir(2), so two runtimes can never both win. Whoever works on a container holds a lock on its
 * directory; the kernel drops it when that process dies, at whatever instant, which is how a crashed create is told from one
 * under way.
 *
 * The record comes first, before anything is made; the copy of the config is written when the cgroup is known to be the
 * container's own. A directory with a record alone is of a create that died before that.
 */
import {
  createFile,
  lock,
  openAt,
  openFile,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_WRONLY,
  readFile,
  readFileIfAny,
  stageFile,
  tryLock,
  unlock,
  writeAll,
} from "../linux/file.ts";
import {
  DT_DIR,
  ensureDirectory,
  listDirectory,
  makeDirectories,
  mkdir,
  removeTree,
  RENAME_EXCHANGE,
  renameAt,
  rmdir,
  unlink,
} from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { chmod, fstat, statIfAny } from "../linux/stat.ts";

const recordName = "state.json";
const configName = "config.json";

/** Path of a container's directory. */
export function directoryOf(root: string, id: string): string {
  return `${root}/${id}`;
}

/**
 * Claims an id: makes its directory, locks it and writes the first record. Undefined when the id is taken.
 *
 * Throws whatever the file system says (ENOSPC, EROFS, EACCES).
 */
export function claim(root: string, id: string, record: string): Fd | undefined {
  if (!makeDirectory(root, id)) return undefined;
  const directory = openDirectory(root, id);
  lock(directory, "exclusive");
  let file: Fd;
  try {
    file = openAt(directory, recordName, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    // Before the lock a `delete --force` may have removed the directory, and another create have made it anew.
    directory.close();
    if (isErrno(error, "EEXIST")) return undefined;
    throw error;
  }
  using _file = file;
  try {
    writeAll(file, record);
    return directory;
  } catch (error) {
    removeDirectory(root, id); // nobody could tell whose it is
    throw error;
  }
}

/** Both are for nobody else; and what tidies a user's runtime directory passes over what is sticky. */
function makeDirectory(root: string, id: string): boolean {
  const path = directoryOf(root, id);
  try {
    return ensureDirectory(path, 0o700);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    makeDirectories(root, 0o1700);
    return ensureDirectory(path, 0o700);
  }
}

/** Opens a container's directory. Throws SyscallError ENOENT where there is none. */
export function openDirectory(root: string, id: string): Fd {
  return openFile(directoryOf(root, id), O_RDONLY | O_DIRECTORY);
}

/** Takes the lock of an open container directory if nobody works on it; false when somebody does. */
export function tryLockDirectory(directory: Fd): boolean {
  return tryLock(directory, "exclusive");
}

/** Lets others work on the container. */
export function unlockDirectory(directory: Fd): void {
  unlock(directory);
}

/** Whether an open container directory was removed while somebody waited for its lock. */
export function isRemoved(directory: Fd): boolean {
  return fstat(directory).links === 0;
}

/** Writes the copy of the config: from here on what is in the cgroup is the container's. */
export function writeConfigCopy(directory: Fd, config: string): void {
  createFile({ dir: directory, name: configName }, config, 0o600);
}

/** Whether the copy of the config is there. */
export function hasConfigCopy(root: string, id: string): boolean {
  return statIfAny(`${directoryOf(root, id)}/${configName}`) !== undefined;
}

const newRecordName = ".state.json";

/**
 * Replaces the record; a reader sees the old one or the new one. The two change places and the old one goes, since ext4 brings a file
 * to the disk that is renamed over another, and whoever removes it soon afterwards waits for that. renameat2(2), RENAME_EXCHANGE
 */
export function replaceRecord(directory: Fd, record: string): void {
  createFile({ dir: directory, name: newRecordName }, record, 0o600); // or over what an earlier attempt left
  try {
    renameAt(directory, newRecordName, directory, recordName, RENAME_EXCHANGE);
  } catch (error) {
    if (!isErrno(error, "EINVAL")) throw error;
    renameAt(directory, newRecordName, directory, recordName); // not every file system can
    return;
  }
  unlink(newRecordName, directory);
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
  const path = directoryOf(root, id);
  if (!removeUsual(path)) removeTree(path);
}

/** What is left of most containers: two files, the record last. False when something else is there, or something is not. */
function removeUsual(path: string): boolean {
  try {
    unlink(`${path}/${configName}`);
    unlink(`${path}/${recordName}`);
    rmdir(path);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST", "EISDIR", "EPERM")) return false;
    throw error;
  }
}

/** Ids of all directories below the root, sorted. Throws SyscallError ENOENT when there is no root. */
export function listIds(root: string): string[] {
  return listDirectory(root)
    .filter(({ type }) => type === DT_DIR)
    .map(({ name }) => name)
    .sort();
}

const resourcesName = "resources.json";

/** The limits that the last `update` left; undefined before the first. */
export function readResources(root: string, id: string): string | undefined {
  return readFileIfAny(`${directoryOf(root, id)}/${resourcesName}`);
}

/** Keeps the limits for the next `update`, once the function that it returns is called. */
export function stageResources(directory: Fd, text: string): () => void {
  return stageFile(directory, resourcesName, text, 0o600);
}
