// SPDX-License-Identifier: Apache-2.0
/** What the kernel knows about a file, its owner and mode, and the file system it is on. */
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  EBADF,
  ENOENT,
  ENOSYS,
  ENOTDIR,
  EPERM,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  STATX_BASIC_STATS,
  STATX_MNT_ID,
  X_OK,
} from "#gen/constants.ts";
import { statfs as statfsLayout, statx as statxLayout } from "#gen/structs.ts";
import { faccessat, faccessat2, fchmod, fchmodat, fchown, fchownat, fstatfs, statfs, statx } from "runt:ffi";
import { checkOutcome, SyscallError } from "./errors.ts";
import { fdNumber, type FdLike } from "./fd.ts";
import { unpack, unpackBig } from "./struct.ts";

export {
  CGROUP2_SUPER_MAGIC,
  CGROUP_SUPER_MAGIC,
  DEVPTS_SUPER_MAGIC,
  NSFS_MAGIC,
  PROC_SUPER_MAGIC,
  SELINUX_MAGIC,
  SYSFS_MAGIC,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  TMPFS_MAGIC,
  R_OK,
  W_OK,
  X_OK,
} from "#gen/constants.ts";

export type FileType = "regular" | "directory" | "symlink" | "character" | "block" | "fifo" | "socket" | "unknown";

const TYPES: ReadonlyMap<number, FileType> = new Map([
  [S_IFREG, "regular"],
  [S_IFDIR, "directory"],
  [S_IFLNK, "symlink"],
  [S_IFCHR, "character"],
  [S_IFBLK, "block"],
  [S_IFIFO, "fifo"],
  [S_IFSOCK, "socket"],
]);

export interface FileStat {
  readonly type: FileType;
  /** Permission bits with set-id and sticky, without the type. */
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly inode: bigint;
  readonly size: number;
  readonly links: number;
  /** Device that holds the file. */
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Device that the file is, for character and block devices. */
  readonly rdevMajor: number;
  readonly rdevMinor: number;
  /** Mount that was reached; 0 before Linux 5.8. */
  readonly mountId: bigint;
}

/** Reads a field when it is asked for: most who look at a file want to know one or two things. */
class StatxResult implements FileStat {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get type(): FileType {
    return TYPES.get(unpack(statxLayout, this.#bytes, "stx_mode") & S_IFMT) ?? "unknown";
  }

  get permissions(): number {
    return unpack(statxLayout, this.#bytes, "stx_mode") & 0o7777;
  }

  get uid(): number {
    return unpack(statxLayout, this.#bytes, "stx_uid");
  }

  get gid(): number {
    return unpack(statxLayout, this.#bytes, "stx_gid");
  }

  get inode(): bigint {
    return unpackBig(statxLayout, this.#bytes, "stx_ino");
  }

  get size(): number {
    return unpack(statxLayout, this.#bytes, "stx_size");
  }

  get links(): number {
    return unpack(statxLayout, this.#bytes, "stx_nlink");
  }

  get deviceMajor(): number {
    return unpack(statxLayout, this.#bytes, "stx_dev_major");
  }

  get deviceMinor(): number {
    return unpack(statxLayout, this.#bytes, "stx_dev_minor");
  }

  get rdevMajor(): number {
    return unpack(statxLayout, this.#bytes, "stx_rdev_major");
  }

  get rdevMinor(): number {
    return unpack(statxLayout, this.#bytes, "stx_rdev_minor");
  }

  get mountId(): bigint {
    return unpackBig(statxLayout, this.#bytes, "stx_mnt_id");
  }
}

/** Looks at a file: its state, or the negative errno. statx(2) */
function look(dir: number, path: string, flags: number): FileStat | number {
  const bytes = new Uint8Array(statxLayout.size);
  const outcome = statx(dir, path, flags, STATX_BASIC_STATS | STATX_MNT_ID, bytes);
  return outcome < 0 ? outcome : new StatxResult(bytes);
}

function mustSee(found: FileStat | number, path: string): FileStat {
  if (typeof found === "number") throw new SyscallError("statx", -found, [path]);
  return found;
}

/** The file that `path` leads to. stat(2) */
export function stat(path: string, dir: FdLike = AT_FDCWD): FileStat {
  return mustSee(look(fdNumber(dir), path, 0), path);
}

/** `path` itself, even if it is a symbolic link. lstat(2) */
export function lstat(path: string, dir: FdLike = AT_FDCWD): FileStat {
  return mustSee(look(fdNumber(dir), path, AT_SYMLINK_NOFOLLOW), path);
}

/** The open file; O_PATH descriptors too. fstat(2) */
export function fstat(fd: FdLike): FileStat {
  return mustSee(look(fdNumber(fd), "", AT_EMPTY_PATH), "");
}

/** As fstat(), or undefined for a number that is not open. */
export function fstatIfOpen(number: number): FileStat | undefined {
  const found = look(number, "", AT_EMPTY_PATH);
  return found === -EBADF ? undefined : mustSee(found, "");
}

/** As stat(), or undefined where there is no such name. */
export function statIfAny(path: string, dir: FdLike = AT_FDCWD): FileStat | undefined {
  const found = look(fdNumber(dir), path, 0);
  return found === -ENOENT || found === -ENOTDIR ? undefined : mustSee(found, path);
}

/** The magic number of the file system that `path` is on, e.g. CGROUP2_SUPER_MAGIC. statfs(2) */
export function fileSystemMagic(path: string): number {
  const bytes = new Uint8Array(statfsLayout.size);
  statfs(path, bytes);
  return unpack(statfsLayout, bytes, "f_type");
}

/** The magic number of the file system of an open file; O_PATH descriptors too. fstatfs(2) */
export function fileSystemMagicFd(fd: FdLike): number {
  const bytes = new Uint8Array(statfsLayout.size);
  fstatfs(fdNumber(fd), bytes);
  return unpack(statfsLayout, bytes, "f_type");
}

/**
 * Whether the caller's effective ids may access the file: R_OK, W_OK, X_OK; throws what the kernel says if not. faccessat2(2)
 *
 * Where a seccomp filter does not know the newer call, the older one tells about the real ids.
 */
export function access(path: string, mode: number, dir: FdLike = AT_FDCWD): void {
  checkOutcome(accessErrno(path, mode, dir), "access", [path]);
}

/** As access(), and the answer is a value: 0, or the negative errno. For where a refusal is as good an answer as any. */
export function accessErrno(path: string, mode: number, dir: FdLike = AT_FDCWD): number {
  const outcome = faccessat2(fdNumber(dir), path, mode, AT_EACCESS);
  return outcome === -ENOSYS || outcome === -EPERM ? faccessat(fdNumber(dir), path, mode) : outcome;
}

/** Whether this process may execute the file, or search the directory, at `path`; no when there is none. */
export function isExecutable(path: string): boolean {
  return accessErrno(path, X_OK) === 0;
}

/** Changes the owner of an open file. fchown(2) */
export function chownFd(fd: FdLike, uid: number, gid: number): void {
  fchown(fdNumber(fd), uid, gid);
}

/** Changes the owner of `path` itself, or of `dir` when `path` is empty (O_PATH works). fchownat(2) */
export function chownAt(dir: FdLike, path: string, uid: number, gid: number): void {
  fchownat(fdNumber(dir), path, uid, gid, path === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW);
}

/** Changes the permissions of an open file, whatever the umask. fchmod(2) */
export function chmodFd(fd: FdLike, mode: number): void {
  fchmod(fdNumber(fd), mode);
}

/** Changes the permissions of `path`, following links: for trusted paths. chmod(2) */
export function chmod(path: string, mode: number, dir: FdLike = AT_FDCWD): void {
  fchmodat(fdNumber(dir), path, mode, 0);
}
