// SPDX-License-Identifier: Apache-2.0
/** From the host's root to the container's. */
import { isErrno, within } from "../linux/errors.ts";
import { O_DIRECTORY, O_PATH, openFile } from "../linux/file.ts";
import { MS_SLAVE } from "../linux/mount-flags.ts";
import { pivotRoot, setMountAttributes, unmountDetached } from "../linux/mount.ts";
import { chdirFd } from "../linux/process.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { propagationFlags } from "./attributes.ts";
import { moveRoot } from "./move-root.ts";
import type { Root } from "./root.ts";
import { enterRoot } from "./shared-root.ts";

/**
 * In init, after all mounts and devices, before masks and read-only paths: the container's root becomes "/", and the host's is
 * out of reach. `root.fd` stays the root directory.
 */
export function pivotInto(root: Root, plan: RootfsPlan): void {
  within(`enter the root file system ${JSON.stringify(plan.path)}`, () => {
    if (!plan.ownMountNamespace) enterRoot(root.fd);
    else if (plan.noPivot) moveRoot(root);
    else pivot(root);
  });
}

/**
 * With both places the same directory the old root ends up on top of the new one, and no directory is needed to put it:
 * pivot_root(2), "pivot_root(".", ".")".
 */
function pivot(root: Root): void {
  using host = root.implied === undefined ? openFile("/", O_PATH | O_DIRECTORY) : undefined;
  chdirFd(root.fd);
  try {
    pivotRoot(".", ".");
  } catch (error) {
    if (!isErrno(error, "EINVAL")) throw error;
    throw new Error("the host's root cannot be exchanged (a ramdisk, or a chroot): --no-pivot does without", { cause: error });
  }
  // With a shared root the host's mounts are still peers of the host's own, and would be unmounted there as well.
  if (host !== undefined) setMountAttributes(host, { propagation: MS_SLAVE }, { recursive: true });
  unmountDetached(".");
}

/**
 * In init, after pivotInto(): gives the container's root the propagation of the plan. Private and slave it has been from the
 * start; shared and unbindable would have stood in the way.
 */
export function applyRootPropagation(root: Root, plan: RootfsPlan): void {
  const { type, recursive } = plan.propagation;
  if (!plan.ownMountNamespace || type === "private" || type === "slave") return;
  within(`make the root file system ${type}`, () => {
    setMountAttributes(root.fd, { propagation: propagationFlags[type] }, { recursive });
  });
}
