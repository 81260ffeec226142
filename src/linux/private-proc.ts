// SPDX-License-Identifier: Apache-2.0
/**
 * A procfs that nobody else can reach, for writes that must not be led astray by what is mounted over /proc: security labels,
 * sysctls.
 */
import type { Fd, FdLike } from "./fd.ts";
import {
  O_DIRECTORY,
  O_PATH,
  openFile,
  openat2At,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from "./file.ts";
import { isCausedBy, makeFileSystem } from "./filesystem.ts";
import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID } from "./mount-flags.ts";
import { fileSystemMagicFd, fstat, PROC_SUPER_MAGIC } from "./stat.ts";

/** Inode of the root of every procfs: PROC_ROOT_INO of the kernel. */
const PROC_ROOT_INODE = 1n;

/**
 * The root of a procfs of the caller's pid namespace: a new, detached one. Where the kernel grants none (a user namespace in
 * which the host's /proc is partly hidden) it is /proc, verified to be the root of a procfs. Files in it must be opened with
 * openInProc().
 */
export function privateProc(): Fd {
  try {
    return makeFileSystem({
      type: "proc",
      source: "proc",
      attributes: MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
    });
  } catch (error) {
    if (!isCausedBy(error, "EPERM")) throw error;
    return verifiedProc();
  }
}

function verifiedProc(): Fd {
  const proc = openFile("/proc", O_PATH | O_DIRECTORY);
  if (fileSystemMagicFd(proc) === PROC_SUPER_MAGIC && fstat(proc).inode === PROC_ROOT_INODE) return proc;
  proc.close();
  throw new Error("/proc is not the root of a procfs");
}

/**
 * Opens a file of `proc` by its plain path, e.g. "sys/kernel/hostname" or "1/attr/exec": no link is followed ("self" is one)
 * and no mount is crossed. openat2(2)
 */
export function openInProc(proc: FdLike, path: string, flags: number): Fd {
  const resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  return openat2At(proc, path, { flags, resolve });
}
