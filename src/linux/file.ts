// SPDX-License-Identifier: Apache-2.0
/** Opening, reading and writing files. Every descriptor opened here is close-on-exec. */
import {
  AT_FDCWD,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from "#gen/constants.ts";
import { open_how } from "#gen/structs.ts";
import { flock, fsync, ftruncate, openat, openat2, pread, read, sendfile, write } from "runt:ffi";
import { decodeUtf8, encodeUtf8 } from "runt:host";
import { renameAt, unlink } from "./directory.ts";
import { isErrno, SyscallError } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { pack } from "./struct.ts";

export {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from "#gen/constants.ts";

/** A name below a directory that is held open, or a path. */
export type FileName = string | { readonly dir: FdLike; readonly name: string };

/** Opens `path` with `flags` (O_CLOEXEC is added). open(2) */
export function openFile(path: string, flags: number, mode = 0): Fd {
  return new Fd(openat(AT_FDCWD, path, flags | O_CLOEXEC, mode));
}

/** Opens `name` below `dir` (O_CLOEXEC is added). openat(2) */
export function openAt(dir: FdLike, name: string, flags: number, mode = 0): Fd {
  return new Fd(openat(fdNumber(dir), name, flags | O_CLOEXEC, mode));
}

export interface OpenHow {
  readonly flags: number;
  readonly mode?: number;
  /** RESOLVE_IN_ROOT, RESOLVE_NO_XDEV, … */
  readonly resolve: number;
}

const RESOLVE_ATTEMPTS = 128;

/**
 * Opens `path` below `dir`, with the kernel holding the walk to the rules of `how.resolve` (O_CLOEXEC is added). openat2(2)
 * The kernel answers EAGAIN when a rename elsewhere races the walk; it is tried again a bounded number of times.
 */
export function openat2At(dir: FdLike, path: string, how: OpenHow): Fd {
  const bytes = pack(open_how, { flags: how.flags | O_CLOEXEC, mode: how.mode ?? 0, resolve: how.resolve });
  for (let attempt = 1; ; attempt++) {
    try {
      return new Fd(openat2(fdNumber(dir), path, bytes, bytes.length));
    } catch (error) {
      if (!isErrno(error, "EAGAIN") || attempt === RESOLVE_ATTEMPTS) throw error;
    }
  }
}

function openName(file: FileName, flags: number, mode = 0): Fd {
  return typeof file === "string" ? openFile(file, flags, mode) : openAt(file.dir, file.name, flags, mode);
}

/** A failed read or write knows no path; here it gets the one that the file was opened by. */
function naming<T>(file: FileName, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!isErrno(error) || error.args.length > 0) throw error;
    throw new SyscallError(error.syscall, error.errno, [typeof file === "string" ? file : file.name]);
  }
}

/** Reads at most `bytes.length` bytes; 0 is the end of the file. read(2) */
export function readBytes(fd: FdLike, bytes: Uint8Array): number {
  return read(fdNumber(fd), bytes, bytes.length);
}

/** At most `length` bytes from `offset` on: fewer where the file ends. pread(2) */
export function readAt(fd: FdLike, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let got = 0;
  for (let count = 1; count > 0 && got < length; got += count) {
    count = pread(fdNumber(fd), bytes.subarray(got), length - got, offset + got);
  }
  return bytes.subarray(0, got);
}

/** Writes some of `bytes` and tells how many. write(2) */
export function writeBytes(fd: FdLike, bytes: Uint8Array): number {
  return write(fdNumber(fd), bytes, bytes.length);
}

/** All that is left to read from `fd`, at most `limit` bytes (an error beyond it). */
export function readAll(fd: FdLike, limit = 64 * 1024 * 1024): Uint8Array {
  let buffer = new Uint8Array(4096);
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length > limit) throw new Error(`file is larger than the ${limit} bytes that are read of it`);
      const larger = new Uint8Array(buffer.length * 4);
      larger.set(buffer);
      buffer = larger;
    }
    const count = readBytes(fd, buffer.subarray(length));
    if (count === 0) break;
    length += count;
  }
  if (length > limit) throw new Error(`file is larger than the ${limit} bytes that are read of it`);
  return buffer.subarray(0, length);
}

/** The rest of `fd` as text. */
export function readFd(fd: FdLike, limit?: number): string {
  return decodeUtf8(readAll(fd, limit));
}

/** A whole file as text. */
export function readFile(file: FileName, limit?: number): string {
  using fd = openName(file, O_RDONLY);
  return naming(file, () => readFd(fd, limit));
}

/** A whole file as text, or undefined where there is none. */
export function readFileIfAny(file: FileName, limit?: number): string | undefined {
  try {
    return readFile(file, limit);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Writes all of `data`. */
export function writeAll(fd: FdLike, data: Uint8Array | string): void {
  let rest = typeof data === "string" ? encodeUtf8(data) : data;
  while (rest.length > 0) rest = rest.subarray(writeBytes(fd, rest));
}

/**
 * Writes `text` to a file that exists, with one write(2): what files of proc and cgroup file systems ask for. The file is
 * neither made nor cut.
 */
export function writeFile(file: FileName, text: string): void {
  using fd = openName(file, O_WRONLY);
  const bytes = encodeUtf8(text);
  const count = naming(file, () => writeBytes(fd, bytes));
  if (count !== bytes.length) throw new Error(`short write: ${count} of ${bytes.length} bytes`);
}

/** Makes or replaces a file with `text`. */
export function createFile(file: FileName, text: string, mode = 0o666): void {
  using fd = openName(file, O_WRONLY | O_CREAT | O_TRUNC, mode);
  naming(file, () => {
    writeAll(fd, text);
  });
}

/**
 * Replaces the file `name` below `dir` so that a reader sees the old text or the new one, never a part: written to
 * `.<name>` and renamed. `mode` is subject to the umask.
 */
export function writeFileAtomic(dir: FdLike, name: string, text: string, mode = 0o666): void {
  stageFile(dir, name, text, mode)();
}

/** The first half of writeFileAtomic(), where there is not enough room; the function that it returns is the second. */
export function stageFile(dir: FdLike, name: string, text: string, mode: number): () => void {
  const temporary = `.${name}`;
  try {
    unlink(temporary, dir);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error; // ENOENT: no earlier attempt was cut short
  }
  const orLeaveNothing = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      unlink(temporary, dir);
      throw error;
    }
  };
  using fd = openAt(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
  orLeaveNothing(() => {
    writeAll(fd, text);
  });
  return () => {
    orLeaveNothing(() => {
      renameAt(dir, temporary, dir, name);
    });
  };
}

/** Cuts or extends a file to `length` bytes. ftruncate(2) */
export function truncate(fd: FdLike, length: number): void {
  ftruncate(fdNumber(fd), length);
}

/** Brings a file's data to the disk. fsync(2) */
export function sync(fd: FdLike): void {
  fsync(fdNumber(fd));
}

/** Copies the rest of the regular file `from` to `to` inside the kernel. sendfile(2) */
export function copyData(from: FdLike, to: FdLike): void {
  while (sendfile(fdNumber(to), fdNumber(from), null, 1024 * 1024) > 0);
}

/** Takes a lock on an open file, waiting for it. It lasts until the open file's last descriptor is closed. flock(2) */
export function lock(fd: FdLike, kind: "shared" | "exclusive"): void {
  flock(fdNumber(fd), kind === "shared" ? LOCK_SH : LOCK_EX);
}

/** Gives a lock back before the open file is closed. flock(2) */
export function unlock(fd: FdLike): void {
  flock(fdNumber(fd), LOCK_UN);
}

/** Takes a lock if nobody else holds it; false when somebody does. flock(2) */
export function tryLock(fd: FdLike, kind: "shared" | "exclusive"): boolean {
  try {
    flock(fdNumber(fd), (kind === "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB);
    return true;
  } catch (error) {
    if (isErrno(error, "EAGAIN", "EWOULDBLOCK")) return false;
    throw error;
  }
}
