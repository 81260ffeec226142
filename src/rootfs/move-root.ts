// SPDX-License-Identifier: Apache-2.0
/** `--no-pivot`: the container's root without pivot_root(2), which does not take a root on a ramdisk (initramfs). */
import { isErrno } from "../linux/errors.ts";
import { currentDirectory } from "../linux/fd.ts";
import { readFile } from "../linux/file.ts";
import { MS_SLAVE } from "../linux/mount-flags.ts";
import { moveMount, setMountAttributes, unmountDetached } from "../linux/mount.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { chdir, chdirFd, chroot } from "../linux/process.ts";
import { fstat, stat } from "../linux/stat.ts";
import { makeEmptyDirectory } from "./masked.ts";
import type { Root } from "./root.ts";

/**
 * Moves the container's root over the host's and changes the root directory to it. A process with CAP_SYS_CHROOT can get out of
 * a chroot, and so what is mounted on the host's root is unmounted or, where that is not possible, covered.
 */
export function moveRoot(root: Root): void {
  const hasPeers = root.implied === undefined;
  if (hasPeers) setMountAttributes(currentDirectory, { propagation: MS_SLAVE }, { path: "/" });
  const places = foreignPlaces(root);
  chdirFd(root.fd);
  moveMount(root.fd, currentDirectory, "/"); // absolute paths still start at the host's root, which lies below now
  for (const { path, stacked } of places) {
    // What is unmounted from a mount with peers goes there as well. Of several on one place only the topmost can be named.
    if (hasPeers) setMountAttributes(currentDirectory, { propagation: MS_SLAVE }, { path, recursive: true });
    if (stacked) cover(path);
    else drop(path);
  }
  chroot(".");
  chdir("/");
}

interface Place {
  readonly path: string;
  /** Whether more than one is mounted there. */
  readonly stacked: boolean;
}

/** Where something other than the container's root is mounted right on the host's root; all else lies below these. */
function foreignPlaces(root: Root): Place[] {
  const own = Number(fstat(root.fd).mountId);
  const host = Number(stat("/").mountId);
  const mounts = parseMountInfo(readFile("/proc/self/mountinfo")).filter(({ id }) => id !== own);
  return mounts
    .filter(({ parent, mountPoint }) => parent === host && mountPoint !== "/")
    .map(({ mountPoint: path }) => ({ path, stacked: mounts.filter(({ mountPoint }) => mountPoint === path).length > 1 }));
}

function drop(path: string): void {
  try {
    unmountDetached(path);
  } catch (error) {
    // locked, because it belongs to another user namespace
    if (!isErrno(error, "EINVAL", "EPERM")) throw error;
    cover(path);
  }
}

function cover(path: string): void {
  using empty = makeEmptyDirectory();
  moveMount(empty, currentDirectory, path);
}
