// SPDX-License-Identifier: Apache-2.0
/** `readonlyPaths`, and the read-only root. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { MOUNT_ATTR_RDONLY } from "../linux/mount-flags.ts";
import { cloneTree, moveMount, setMountAttributes } from "../linux/mount.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { ParentCache, type Place } from "./places.ts";
import type { Root } from "./root.ts";

/**
 * In init, after pivotInto(), before maskPaths(): puts a read-only view of each path over it, with what is mounted below. One that
 * is not there is left out.
 */
export function makePathsReadonly(root: Root, plan: RootfsPlan): void {
  if (plan.readonlyPaths.length === 0) return;
  using parents = new ParentCache(root);
  for (const path of plan.readonlyPaths) {
    try {
      using place = parents.find(path);
      if (place !== undefined && cover(root, place)) parents.forget();
    } catch (cause) {
      throw new Error(`make ${JSON.stringify(path)} read-only`, { cause });
    }
  }
}

/**
 * Whether directories that were opened before may lie below the cover now. With /proc or /sys itself they surely do: what comes later,
 * the masks above all, belongs on what is seen there from now on.
 */
function cover(root: Root, place: Place): boolean {
  const tree = cloneIfThere(place);
  if (tree === undefined) return false;
  try {
    setMountAttributes(tree, { set: MOUNT_ATTR_RDONLY });
    moveMount(tree, place.dir, place.name);
  } catch (error) {
    tree.close();
    throw error;
  }
  if (place.name !== "" || !root.replaceKernels(place.dir, tree)) tree.close();
  return place.name === "";
}

function cloneIfThere({ dir, name }: Place): Fd | undefined {
  try {
    return cloneTree(name, { dir, recursive: true, noFollow: true });
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * In init, when nothing is to be made in the root any more: the root (with `root.readonly`), and the tmpfs mounts that had to wait
 * for their contents, become read-only. Mounts below are not touched.
 */
export function setRootReadonly(root: Root, plan: RootfsPlan): void {
  for (const fd of root.readonlyLater) setMountAttributes(fd, { set: MOUNT_ATTR_RDONLY });
  if (!plan.readonly || !plan.ownMountNamespace) return;
  try {
    setMountAttributes(root.fd, { set: MOUNT_ATTR_RDONLY });
  } catch (cause) {
    throw new Error("make the root file system read-only", { cause });
  }
}
