// SPDX-License-Identifier: Apache-2.0
/** The root file system for a container that is restored: criu wants it as a mount, and makes all other mounts itself. */
import { ensureDirectory, rmdir } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { currentDirectory } from "../linux/fd.ts";
import { MS_PRIVATE, MS_SLAVE } from "../linux/mount-flags.ts";
import { cloneTree, moveMount, setMountAttributes, unmountDetached } from "../linux/mount.ts";
import { statIfAny } from "../linux/stat.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";
import { makePath, type Leaf } from "./make-path.ts";

/**
 * In a mount namespace of the runtime's own, which ends with it: mounts the root file system at `place`, a directory that is made,
 * with the mount points that it lacks.
 */
export function mountRestoreRoot(plan: RootfsPlan, place: string): void {
  setMountAttributes(currentDirectory, { propagation: MS_SLAVE }, { path: "/", recursive: true });
  ensureDirectory(place, 0o700);
  using tree = cloneTree(plan.path, { recursive: true, noFollow: true });
  setMountAttributes(tree, { propagation: MS_PRIVATE }, { recursive: true });
  for (const mount of plan.mounts) {
    // What lies in another mount is in the image of that.
    if (!plan.mounts.some((other) => other !== mount && mount.destination.startsWith(`${other.destination}/`))) {
      makePath(tree, mount.destination, { leaf: leafFor(mount) }).close();
    }
  }
  moveMount(tree, currentDirectory, place);
}

/** Takes it away again: the restored container has its own. */
export function unmountRestoreRoot(place: string): void {
  unmountDetached(place);
  rmdir(place);
}

function leafFor({ kind, source }: MountPlan): Leaf {
  if (kind !== "bind") return "directory";
  try {
    return statIfAny(source)?.type === "directory" ? "directory" : "file";
  } catch (error) {
    if (isErrno(error, "EACCES")) return "directory";
    throw error;
  }
}
