// SPDX-License-Identifier: Apache-2.0
/** Making and reconfiguring file systems, option by option, with the reason when one is refused. */
import {
  FSCONFIG_CMD_CREATE,
  FSCONFIG_CMD_RECONFIGURE,
  FSCONFIG_SET_FLAG,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  FSPICK_CLOEXEC,
  FSPICK_EMPTY_PATH,
} from "#gen/constants.ts";
import { fsconfig, fsmount, fsopen, fspick } from "runt:ffi";
import { decodeUtf8 } from "runt:host";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { readBytes } from "./file.ts";

/** Longest value that fsconfig(2) takes for one option; a longer one needs mount(2). */
export const LONGEST_OPTION = 255;

/** The messages of the file system about what was asked of it, e.g. `tmpfs: Unknown parameter 'foo'`. fsopen(2) */
function messagesOf(fs: FdLike): string[] {
  const messages: string[] = [];
  const buffer = new Uint8Array(4096);
  try {
    for (let count = readBytes(fs, buffer); count > 0; count = readBytes(fs, buffer)) {
      // each begins with its level and a blank: "e ", "w " or "i "
      messages.push(
        decodeUtf8(buffer.subarray(0, count))
          .replace(/^[ewi] /, "")
          .trim(),
      );
    }
  } catch (error) {
    if (!isErrno(error, "ENODATA")) messages.push(String(error)); // ENODATA: that was the last one
  }
  return messages;
}

function explaining<T>(fs: FdLike, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const messages = messagesOf(fs);
    if (messages.length === 0) throw cause;
    throw new Error(`the file system says ${messages.map((message) => JSON.stringify(message)).join(", ")}`, { cause });
  }
}

function setOptions(fs: Fd, options: readonly string[]): void {
  for (const option of options) {
    const at = option.indexOf("=");
    if (at === -1) fsconfig(fs.number, FSCONFIG_SET_FLAG, option, null, 0);
    else setValue(fs, option.slice(0, at), option.slice(at + 1));
  }
}

function setValue(fs: Fd, key: string, value: string): void {
  try {
    fsconfig(fs.number, FSCONFIG_SET_STRING, key, value, 0);
  } catch (cause) {
    // The value is told where it is a path that leads nowhere; it may be a password elsewhere.
    if (!isErrno(cause, "ENOENT", "ENOTDIR")) throw cause;
    throw new Error(`${key}=${value} leads nowhere`, { cause });
  }
}

function openFileSystem(type: string): Fd {
  try {
    return new Fd(fsopen(type, FSOPEN_CLOEXEC));
  } catch (error) {
    if (isErrno(error, "ENODEV")) throw new Error(`the kernel has no file system ${JSON.stringify(type)}`, { cause: error });
    throw error;
  }
}

export interface NewFileSystem {
  /** A name of /proc/filesystems. */
  readonly type: string;
  readonly source: string;
  /** "key" or "key=value"; no value longer than LONGEST_OPTION bytes. */
  readonly options?: readonly string[];
  /** MOUNT_ATTR_… of the mount. */
  readonly attributes?: number;
}

/** Makes a file system and a detached mount of it. fsopen(2), fsconfig(2), fsmount(2) */
export function makeFileSystem({ type, source, options = [], attributes = 0 }: NewFileSystem): Fd {
  using fs = openFileSystem(type);
  return explaining(fs, () => {
    if (source !== "") fsconfig(fs.number, FSCONFIG_SET_STRING, "source", source, 0);
    setOptions(fs, options);
    fsconfig(fs.number, FSCONFIG_CMD_CREATE, null, null, 0);
    return new Fd(fsmount(fs.number, FSMOUNT_CLOEXEC, attributes));
  });
}

/** Changes options of the file system that the mount `fd` is of. fspick(2) */
export function reconfigureFileSystem(fd: FdLike, options: readonly string[]): void {
  using fs = new Fd(fspick(fdNumber(fd), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
  explaining(fs, () => {
    setOptions(fs, options);
    fsconfig(fs.number, FSCONFIG_CMD_RECONFIGURE, null, null, 0);
  });
}

/** Whether a failed system call with one of the errno names `codes` is in the story that `error` tells. */
export function isCausedBy(error: unknown, ...codes: readonly string[]): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isErrno(at, ...codes)) return true;
  return false;
}
