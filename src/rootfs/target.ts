// SPDX-License-Identifier: Apache-2.0
/** Where a mount goes: the mount point is found or made in the container's root, and the tree attached to it by descriptor. */
import { ensureDirectory } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { moveMount } from "../linux/mount.ts";
import { fileSystemMagicFd, fstat, PROC_SUPER_MAGIC } from "../linux/stat.ts";
import type { MountPlan } from "../plan/types.ts";
import { makePath, type Leaf } from "./make-path.ts";
import { splitPath } from "./paths.ts";
import { openInRootIfAny, type ResolveOptions } from "./resolve.ts";
import type { Root } from "./root.ts";

/**
 * Places that must be what they are called: were one of them a link, then writes to /proc/self/attr, the masks of /proc and /sys,
 * and the devices would land elsewhere (CVE-2019-19921, CVE-2026-41579).
 */
const NO_LINKS_AT: ReadonlySet<string> = new Set(["/proc", "/sys", "/dev"]);
const NO_LINKS_FOR: ReadonlySet<string> = new Set(["proc", "sysfs"]);

function refusesLinks(mount: MountPlan): boolean {
  return NO_LINKS_AT.has(mount.destination) || NO_LINKS_FOR.has(mount.type);
}

/** Through a link a mount could land on files of /proc; the plan has checked the path as it is spelled. */
function checkFollowed(target: Fd): void {
  if (fileSystemMagicFd(target) !== PROC_SUPER_MAGIC) return;
  target.close();
  throw new Error("it leads through a symbolic link into /proc, where nothing may be mounted");
}

/** What is at the destination of `mount`, or undefined. */
export function findTarget(root: Root, mount: MountPlan, options: ResolveOptions = {}): Fd | undefined {
  const how = { ...options, noFollow: mount.destinationNoFollow };
  try {
    return openInRootIfAny(root.fd, mount.destination, { ...how, noSymlinks: true });
  } catch (error) {
    if (!isErrno(error, "ELOOP")) throw error;
    if (refusesLinks(mount)) {
      throw new Error(
        `${JSON.stringify(mount.destination)} in the root file system is a symbolic link, and must be a directory`,
        {
          cause: error,
        },
      );
    }
  }
  const target = openInRootIfAny(root.fd, mount.destination, how);
  if (target !== undefined) checkFollowed(target);
  return target;
}

function makeTarget(root: Root, mount: MountPlan, leaf: Leaf): Fd {
  const target = makePath(root.fd, mount.destination, {
    leaf,
    noFollow: mount.destinationNoFollow,
    noSymlinks: refusesLinks(mount),
  });
  checkFollowed(target);
  return target;
}

/** The directory at the destination, made if it is missing. */
export function openDirectoryTarget(root: Root, mount: MountPlan): Fd {
  checkNotRoot(mount);
  return findTarget(root, mount, { directory: true }) ?? makeTarget(root, mount, "directory");
}

function checkNotRoot(mount: MountPlan): void {
  if (mount.destination === "/") throw new Error("the root file system itself cannot be mounted over");
}

/** Puts the tree of a directory on the destination, which is made if it is missing. */
export function attachDirectory(root: Root, tree: Fd, mount: MountPlan): void {
  checkNotRoot(mount);
  if (attachByName(root, tree, mount)) return;
  using target = openDirectoryTarget(root, mount);
  moveMount(tree, target, "");
}

/** The common case in one call: a single name, of which nothing can lead astray, in a directory that is open already. */
function attachByName(root: Root, tree: Fd, mount: MountPlan): boolean {
  const { parent, name } = splitPath(mount.destination);
  if (parent === "/dev" && root.devIsNew && root.dev !== undefined) {
    ensureDirectory(name, 0o755, root.dev);
    moveMount(tree, root.dev, name);
    return true;
  }
  if (parent !== "/") return false;
  try {
    moveMount(tree, root.fd, name);
    return true;
  } catch (error) {
    // ENOENT: it must be made. EINVAL, ENOTDIR: it may be a symbolic link, or no directory. The long way tells.
    if (isErrno(error, "ENOENT", "EINVAL", "ENOTDIR")) return false;
    throw error;
  }
}

/** Puts a tree that may be of a file on the destination, which is made of the same kind if it is missing. */
export function attachTree(root: Root, tree: Fd, mount: MountPlan): void {
  checkNotRoot(mount);
  using target = findTarget(root, mount) ?? makeTarget(root, mount, fstat(tree).type === "directory" ? "directory" : "file");
  try {
    moveMount(tree, target, "");
  } catch (error) {
    throw new Error(describeMismatch(tree, target), { cause: error });
  }
}

/** Of a directory on a file the kernel says EINVAL; engines look for "not a directory". */
function describeMismatch(tree: Fd, target: Fd): string {
  const isDirectory = fstat(tree).type === "directory";
  if (isDirectory === (fstat(target).type === "directory")) return "attach";
  return isDirectory
    ? "the source is a directory, and the destination is not a directory"
    : "the source is not a directory, and the destination is a directory";
}
