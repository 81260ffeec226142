// SPDX-License-Identifier: Apache-2.0
/**
 * The state directory: one directory an id below the root, holding `state.json` and the start gate.
 *
 * Claiming an id is one mkdir(2), so two runtimes can never both win. Whoever works on a container holds a lock on its
 * directory; the kernel drops it when that process dies, at whatever instant, which is how a crashed create is told from one
 * under way.
 *
 * The first line of `state.json` is the record, which comes before anything is made. A copy of the config follows when the cgroup is
 * known to be the container's own: a record alone is of a create that died before that.
 */
import {
  createFile,
  lock,
  openAt,
  openFile,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_WRONLY,
  readBytes,
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
import { decodeUtf8 } from "../linux/text.ts";

const recordName = "state.json";

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

/** Adds the copy of the config: from here on what is in the cgroup is the container's. */
export function settleRecord(directory: Fd, config: string): void {
  using file = openAt(directory, recordName, O_WRONLY | O_APPEND);
  writeAll(file, `\n${config}`);
}

const newRecordName = ".state.json";

/**
 * Replaces the record; a reader sees the old one or the new one. The two change places and the old one goes, since ext4 brings a file
 * to the disk that is renamed over another, and whoever removes it soon afterwards waits for that. renameat2(2), RENAME_EXCHANGE
 */
export function replaceRecord(directory: Fd, record: string, config: string): void {
  createFile({ dir: directory, name: newRecordName }, `${record}\n${config}`, 0o600); // or over what an earlier attempt left
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

export interface StoredRecord {
  readonly text: string;
  /** Whether the copy of the config is there. */
  readonly settled: boolean;
}

/** No more than this is read at once of a record, which mostly is a tenth of it. Bytes. */
const CHUNK = 4096;
const LINE_END = 10;

/** Reads the record, and not the config. Throws SyscallError ENOENT where there is no such container, or no record yet. */
export function readRecord(root: string, id: string): StoredRecord {
  using file = openFile(`${directoryOf(root, id)}/${recordName}`, O_RDONLY);
  let bytes = new Uint8Array(CHUNK);
  for (let length = 0; ;) {
    const count = readBytes(file, bytes.subarray(length));
    const end = bytes.subarray(0, length + count).indexOf(LINE_END, length);
    if (end >= 0 || count === 0) return { text: decodeUtf8(bytes.subarray(0, end >= 0 ? end : length)), settled: end >= 0 };
    length += count;
    if (length < bytes.length) continue;
    const larger = new Uint8Array(4 * length);
    larger.set(bytes);
    bytes = larger;
  }
}

/** Reads the config that the container was created from. */
export function readConfigCopy(root: string, id: string): string {
  const text = readFile(`${directoryOf(root, id)}/${recordName}`);
  const end = text.indexOf("\n");
  if (end === -1) throw new Error(`container ${JSON.stringify(id)} was never created: its configuration is not on record`);
  return text.slice(end + 1);
}

/** Removes a container's directory and all in it; one that is gone is fine. */
export function removeDirectory(root: string, id: string): void {
  const path = directoryOf(root, id);
  if (!removeUsual(path)) removeTree(path);
}

/** What is left of most containers: one file. False when something else is there, or it is not. */
function removeUsual(path: string): boolean {
  try {
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
