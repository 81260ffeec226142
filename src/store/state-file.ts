// SPDX-License-Identifier: Apache-2.0
/**
 * The state of a container: one file below the root, named by its id. What does not go into it is in a directory beside it, files.ts.
 *
 * Claiming an id is one open(2) with O_EXCL, so two runtimes can never both win. Whoever works on a container holds a lock on its
 * file; the kernel drops it when that process dies, at whatever instant, which is how a crashed create is told from one under way.
 *
 * The file only ever grows, so that a reader finds either the old record or the new one, in the last line that is whole:
 *
 *     record {...}                 before anything is made
 *     config 3370                  when the cgroup is known to be the container's own: so many bytes of config.json, and the record
 *     {...}                        again. A record alone is of a create that died before that
 *     record {...}
 *     record {...}                 whenever there is something new to tell
 */
import {
  lock,
  openFile,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  readAt,
  readFile,
  tryLock,
  unlock,
  writeAll,
} from "../linux/file.ts";
import { DT_REG, DT_UNKNOWN, listDirectory, makeDirectories, removeTree } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { fstat } from "../linux/stat.ts";
import { decodeUtf8, encodeUtf8 } from "../linux/text.ts";
import { removeFiles } from "./files.ts";
import { idProblem } from "./id.ts";

const RECORD = "record ";
const CONFIG = "config ";
const LINE_END = 10;

/** Path of a container's state file. */
export function stateFileOf(root: string, id: string): string {
  return `${root}/${id}`;
}

/**
 * Claims an id: makes its file, locks it and writes the first record. Undefined when the id is taken.
 *
 * Throws whatever the file system says (ENOSPC, EROFS, EACCES).
 */
export function claim(root: string, id: string, record: string): Fd | undefined {
  const file = makeFile(root, id);
  if (file === undefined) return undefined;
  lock(file, "exclusive");
  if (isRemoved(file)) {
    file.close(); // before the lock, by a `delete --force`; another create may have made it anew
    return undefined;
  }
  try {
    addRecord(file, record);
    return file;
  } catch (error) {
    removeState(root, id); // nobody could tell whose it is
    file.close();
    throw error;
  }
}

/** The root is for nobody else; and what tidies a user's runtime directory passes over what is sticky. */
function makeFile(root: string, id: string): Fd | undefined {
  const path = stateFileOf(root, id);
  try {
    return makeNewFile(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    makeDirectories(root, 0o1700);
    return makeNewFile(path);
  }
}

function makeNewFile(path: string): Fd | undefined {
  try {
    return openFile(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    if (isErrno(error, "EEXIST")) return undefined;
    throw error;
  }
}

/** Opens a container's state file. Throws SyscallError ENOENT where there is none. */
export function openState(root: string, id: string): Fd {
  return openFile(stateFileOf(root, id), O_RDONLY);
}

/** Takes the lock of an open state file if nobody works on the container; false when somebody does. */
export function tryLockState(file: Fd): boolean {
  return tryLock(file, "exclusive");
}

/** Lets others work on the container. */
export function unlockState(file: Fd): void {
  unlock(file);
}

/** Whether an open state file was removed while somebody waited for its lock. */
export function isRemoved(file: Fd): boolean {
  return fstat(file).links === 0;
}

/** Adds the copy of the config: from here on what is in the cgroup is the container's. */
export function settle(file: Fd, record: string, config: string): void {
  writeAll(file, `${CONFIG}${encodeUtf8(config).length}\n${config}\n${RECORD}${record}\n`);
}

/** Adds a record that takes the place of the one before. `file` is what claim() gave. */
export function addRecord(file: Fd, record: string): void {
  writeAll(file, `${RECORD}${record}\n`);
}

export interface StoredRecord {
  readonly text: string;
  /** Whether the copy of the config is there. */
  readonly settled: boolean;
}

/** No more than this is read at once of the end of the file, which mostly is enough. Bytes. */
const CHUNK = 2048;

/** Reads the record. Undefined when there is none yet; throws SyscallError ENOENT where there is no such container. */
export function readRecord(root: string, id: string): StoredRecord | undefined {
  using file = openState(root, id);
  const { size } = fstat(file);
  for (let length = Math.min(size, CHUNK); ; length = Math.min(size, 4 * length)) {
    const bytes = readAt(file, size - length, length);
    const end = bytes.lastIndexOf(LINE_END);
    const start = end > 0 ? bytes.lastIndexOf(LINE_END, end - 1) + 1 : 0;
    if (start === 0 && length < size) continue;
    if (end === -1) return undefined;
    const line = decodeUtf8(bytes.subarray(start, end));
    if (line.startsWith(RECORD)) return { text: line.slice(RECORD.length), settled: start > 0 };
    // Who wrote the config died in the middle of it.
    return { text: firstLine(readAt(file, 0, size)).slice(RECORD.length), settled: false };
  }
}

function firstLine(bytes: Uint8Array): string {
  return decodeUtf8(bytes.subarray(0, bytes.indexOf(LINE_END)));
}

/** Reads the config that the container was created from. */
export function readConfigCopy(root: string, id: string): string {
  const text = encodeUtf8(readFile(stateFileOf(root, id)));
  const second = text.indexOf(LINE_END) + 1;
  const start = text.indexOf(LINE_END, second) + 1;
  const header = decodeUtf8(text.subarray(second, Math.max(second, start - 1)));
  if (!header.startsWith(CONFIG)) {
    throw new Error(`container ${JSON.stringify(id)} was never created: its configuration is not on record`);
  }
  return decodeUtf8(text.subarray(start, start + Number(header.slice(CONFIG.length))));
}

/** Removes all that is kept of a container, the state file last; what is gone is fine. */
export function removeState(root: string, id: string): void {
  removeFiles(root, id);
  removeTree(stateFileOf(root, id));
}

/** Ids of all containers below the root, sorted. Throws SyscallError ENOENT when there is no root. */
export function listIds(root: string): string[] {
  return listDirectory(root)
    .filter(({ name, type }) => (type === DT_REG || type === DT_UNKNOWN) && idProblem(name) === undefined)
    .map(({ name }) => name)
    .sort();
}
