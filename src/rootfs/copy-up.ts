// SPDX-License-Identifier: Apache-2.0
/** `tmpcopyup`: what a tmpfs covers is copied into it first. By descriptors, following no link, at no point trusting a name. */
import { listDirectoryFd, makeDevice, makeNode, mkdir, readLink, symlink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd, FdLike } from "../linux/fd.ts";
import { copyData, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, openAt } from "../linux/file.ts";
import {
  chmodFd,
  chownAt,
  chownFd,
  fstat,
  lstat,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  type FileStat,
  type FileType,
} from "../linux/stat.ts";
import { copyXattr, listXattrs } from "../linux/xattr.ts";

type Warn = (message: string) => void;

const NODES: Readonly<Partial<Record<FileType, number>>> = { character: S_IFCHR, block: S_IFBLK, fifo: S_IFIFO };

/**
 * Copies all that is in the directory `from` into the directory `to`: contents, owners, modes, symbolic links, device nodes and
 * extended attributes. What tmpfs or the caller's rights do not allow of the last two is left out, with a warning.
 */
export function copyUp(from: FdLike, to: FdLike, warn: Warn): void {
  using source = openAt(from, ".", O_RDONLY | O_DIRECTORY); // O_PATH descriptors cannot be listed
  using target = openAt(to, ".", O_RDONLY | O_DIRECTORY);
  const stat = fstat(source);
  chownFd(target, stat.uid, stat.gid);
  copyEntries(source, target, warn);
}

function copyEntries(from: Fd, to: Fd, warn: Warn): void {
  for (const { name } of listDirectoryFd(from)) {
    try {
      copyEntry(from, to, name, warn);
    } catch (cause) {
      throw new Error(`copy ${JSON.stringify(name)} up`, { cause });
    }
  }
}

function copyEntry(from: Fd, to: Fd, name: string, warn: Warn): void {
  const stat = lstat(name, from);
  if (stat.type === "directory") copyDirectory(from, to, name, warn);
  else if (stat.type === "regular") copyFile(from, to, name, warn);
  else if (stat.type === "symlink") copyLink(from, to, name, stat);
  else copyNode(to, name, stat, warn);
}

function copyDirectory(from: Fd, to: Fd, name: string, warn: Warn): void {
  using source = openAt(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  mkdir(name, 0o700, to);
  using target = openAt(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  copyEntries(source, target, warn);
  copyMetadata(source, target, warn);
}

function copyFile(from: Fd, to: Fd, name: string, warn: Warn): void {
  using source = openAt(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK); // it may have become a fifo meanwhile
  using target = openAt(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  copyData(source, target);
  copyMetadata(source, target, warn);
}

/** The owner first: a change of it takes set-id bits and file capabilities away. */
function copyMetadata(source: Fd, target: Fd, warn: Warn): void {
  const stat = fstat(source);
  chownFd(target, stat.uid, stat.gid);
  chmodFd(target, stat.permissions);
  try {
    for (const name of listXattrs(source)) copyXattr(source, target, name);
  } catch (error) {
    // ENOTSUP and EPERM: the attribute's kind is not for tmpfs, or not for this user namespace; the files are there without it
    if (!isErrno(error, "EOPNOTSUPP", "ENOTSUP", "EPERM", "ENOSPC")) throw error;
    warn(`an extended attribute was not copied up: ${error.message}`);
  }
}

function copyLink(from: Fd, to: Fd, name: string, stat: FileStat): void {
  symlink(readLink(name, from), name, to);
  chownAt(to, name, stat.uid, stat.gid);
}

function copyNode(to: Fd, name: string, stat: FileStat, warn: Warn): void {
  const type = NODES[stat.type];
  if (type === undefined) return; // a socket is of no use without the process that listens on it
  try {
    makeNode(name, type | stat.permissions, makeDevice(stat.rdevMajor, stat.rdevMinor), to);
    chownAt(to, name, stat.uid, stat.gid);
  } catch (error) {
    if (!isErrno(error, "EPERM")) throw error; // EPERM: device nodes are not for user namespaces
    warn(`the device ${JSON.stringify(name)} was not copied up: ${error.message}`);
  }
}
