// SPDX-License-Identifier: Apache-2.0
/** Names: making, listing, renaming and removing them, and symbolic links. */
import { AT_FDCWD, AT_REMOVEDIR, O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from "#gen/constants.ts";
import { linux_dirent64 } from "#gen/structs.ts";
import { getdents64, linkat, lseek, mkdirat, mknodat, openat, readlinkat, renameat2, symlinkat, unlinkat } from "runt:ffi";
import { decodeUtf8 } from "runt:host";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { unpack } from "./struct.ts";

export { DT_DIR, DT_LNK, DT_REG, DT_UNKNOWN, RENAME_EXCHANGE, RENAME_NOREPLACE } from "#gen/constants.ts";

/** Makes the directory `path` (below `dir`, if given); `mode` is subject to the umask. mkdirat(2) */
export function mkdir(path: string, mode = 0o777, dir: FdLike = AT_FDCWD): void {
  mkdirat(fdNumber(dir), path, mode);
}

/** Makes the directory if it is not there; tells whether it made it. What is there already may be anything. */
export function ensureDirectory(path: string, mode = 0o777, dir: FdLike = AT_FDCWD): boolean {
  try {
    mkdir(path, mode, dir);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

/** Makes an absolute, trusted path and its missing parents. Not for paths inside a root file system. */
export function makeDirectories(path: string, mode = 0o777): void {
  try {
    ensureDirectory(path, mode);
  } catch (error) {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!isErrno(error, "ENOENT") || parent === "") throw error;
    makeDirectories(parent, mode);
    ensureDirectory(path, mode);
  }
}

/** Makes a device, fifo or socket node. `device` is the kernel's number, see makeDevice(). mknodat(2) */
export function makeNode(path: string, mode: number, device: bigint, dir: FdLike = AT_FDCWD): void {
  mknodat(fdNumber(dir), path, mode, device);
}

/** The device number that libc makes of major and minor. makedev(3) */
export function makeDevice(major: number, minor: number): bigint {
  const [a, i] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffn) << 8n) | ((a & 0xfffff000n) << 32n) | (i & 0xffn) | ((i & 0xffffff00n) << 12n);
}

/** Removes a name that is not a directory's. unlinkat(2) */
export function unlink(path: string, dir: FdLike = AT_FDCWD): void {
  unlinkat(fdNumber(dir), path, 0);
}

/** Removes an empty directory. unlinkat(2), AT_REMOVEDIR */
export function rmdir(path: string, dir: FdLike = AT_FDCWD): void {
  unlinkat(fdNumber(dir), path, AT_REMOVEDIR);
}

/** Renames. rename(2) */
export function rename(from: string, to: string): void {
  renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/** Renames between directories that are held open; flags RENAME_NOREPLACE, RENAME_EXCHANGE. renameat2(2) */
export function renameAt(fromDir: FdLike, from: string, toDir: FdLike, to: string, flags = 0): void {
  renameat2(fdNumber(fromDir), from, fdNumber(toDir), to, flags);
}

/** Makes the symbolic link `path` with the text `target`. symlinkat(2) */
export function symlink(target: string, path: string, dir: FdLike = AT_FDCWD): void {
  symlinkat(target, fdNumber(dir), path);
}

/** Makes a second name for a file; `flags` as of linkat(2). */
export function link(fromDir: FdLike, from: string, toDir: FdLike, to: string, flags = 0): void {
  linkat(fdNumber(fromDir), from, fdNumber(toDir), to, flags);
}

/** The text of a symbolic link. An empty `path` reads the link that `dir` (opened O_PATH|O_NOFOLLOW) is. readlinkat(2) */
export function readLink(path: string, dir: FdLike = AT_FDCWD): string {
  for (let size = 512; ; size *= 4) {
    const buffer = new Uint8Array(size);
    const length = readlinkat(fdNumber(dir), path, buffer, size);
    if (length < size) return decodeUtf8(buffer.subarray(0, length));
  }
}

export interface DirectoryEntry {
  readonly name: string;
  /** DT_DIR, DT_LNK, …; DT_UNKNOWN where the file system does not say. */
  readonly type: number;
}

const NAME_OFFSET = linux_dirent64.fields.d_type.offset + 1;

/** Everything in an open directory except `.` and `..`, in the order of the file system. getdents64(2) */
export function listDirectoryFd(fd: FdLike): DirectoryEntry[] {
  const buffer = new Uint8Array(32 * 1024);
  const entries: DirectoryEntry[] = [];
  lseek(fdNumber(fd), 0, 0);
  for (;;) {
    const length = getdents64(fdNumber(fd), buffer, buffer.length);
    if (length === 0) return entries;
    for (let at = 0; at < length; at += unpack(linux_dirent64, buffer, "d_reclen", at)) {
      const start = at + NAME_OFFSET;
      const name = decodeUtf8(buffer.subarray(start, buffer.indexOf(0, start)));
      if (name !== "." && name !== "..") entries.push({ name, type: unpack(linux_dirent64, buffer, "d_type", at) });
    }
  }
}

/** Everything in the directory `path`. */
export function listDirectory(path: string, dir: FdLike = AT_FDCWD): DirectoryEntry[] {
  using fd = new Fd(openat(fdNumber(dir), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  return listDirectoryFd(fd);
}

/** Removes `name` and, if it is a directory, all below it, without following a link. A name that is not there is no error. */
export function removeTree(name: string, dir: FdLike = AT_FDCWD): void {
  try {
    unlink(name, dir);
    return;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    if (!isErrno(error, "EISDIR", "EPERM")) throw error; // what unlink(2) says of a directory
  }
  {
    using inner = new Fd(openat(fdNumber(dir), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
    for (const entry of listDirectoryFd(inner)) removeTree(entry.name, inner);
  }
  rmdir(name, dir);
}
