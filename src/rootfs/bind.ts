// SPDX-License-Identifier: Apache-2.0
/** Bind mounts. The clone gets its attributes while it is detached: a read-only one is never writable, not for an instant. */
import { readLink, symlink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { cloneTree, setMountAttributes } from "../linux/mount.ts";
import { fileSystemMagicFd, lstat, PROC_SUPER_MAGIC } from "../linux/stat.ts";
import type { MountPlan, Propagation } from "../plan/types.ts";
import { attributeSteps, propagationFlags, withoutAccessTime, type AttributeBits, type AttributeStep } from "./attributes.ts";
import { makeParent } from "./make-path.ts";
import type { MountContext, Root } from "./root.ts";
import { attachTree } from "./target.ts";

/** Carries out the calls of attributeSteps() on `tree`. */
export function applySteps(tree: Fd, steps: readonly AttributeStep[]): void {
  for (const step of steps) applyStep(tree, step);
}

/**
 * In a user namespace the flags of a mount that was made outside are locked. An explicit "rw" and the like stays an error then,
 * as it cannot be had; how access times are kept is not worth one, and stays as it is.
 */
function applyStep(tree: Fd, step: AttributeStep): void {
  const set = (bits: AttributeBits): void => {
    const propagation = step.propagation === undefined ? undefined : propagationFlags[step.propagation];
    setMountAttributes(tree, { set: bits.set, clear: bits.clear, propagation }, { recursive: step.recursive });
  };
  try {
    set(step);
  } catch (error) {
    const rest = isErrno(error, "EPERM") ? withoutAccessTime(step) : undefined;
    if (rest === undefined) throw explainLocked(error, step);
    try {
      set(rest);
    } catch (again) {
      throw explainLocked(again, rest);
    }
  }
}

function explainLocked(error: unknown, step: AttributeBits): unknown {
  if (!isErrno(error, "EPERM") || step.clear === 0) return error;
  return new Error("a flag that the source's mount has is locked in this user namespace and cannot be switched off", {
    cause: error,
  });
}

/** What the parent has opened comes from the host's mount namespace, where makeRootPrivate() has not been. */
function withDefaultPropagation(mount: MountPlan, implied: Propagation | undefined): MountPlan {
  if (mount.propagation.length > 0 || implied === undefined) return mount;
  return { ...mount, propagation: [{ type: implied, recursive: true }] };
}

function openSource(mount: MountPlan, context: MountContext): { readonly tree: Fd; readonly foreign: boolean } {
  const given = context.sources.get(mount.index);
  if (given !== undefined) return { tree: given, foreign: true };
  const tree = cloneTree(mount.source, { recursive: mount.recursiveBind, noFollow: mount.sourceNoFollow });
  return { tree, foreign: false };
}

/** On /proc only a procfs may be put, and this is the first time that somebody can look at the source. */
function checkProcSource(mount: MountPlan, tree: Fd): void {
  if (mount.destination === "/proc" && fileSystemMagicFd(tree) !== PROC_SUPER_MAGIC) {
    throw new Error(`"/proc" cannot be mounted because the source is not of type proc`);
  }
}

/** `copy-symlink`: makes the source's link anew. False when the source is no link. */
function copyLink(root: Root, mount: MountPlan): boolean {
  if (lstat(mount.source).type !== "symlink") return false;
  const target = readLink(mount.source);
  const { dir, name } = makeParent(root.fd, mount.destination);
  using parent = dir;
  try {
    symlink(target, name, parent);
  } catch (error) {
    // EEXIST: an earlier container on the same root file system has made it, if it is the same
    if (!isErrno(error, "EEXIST") || !isLinkTo(target, name, parent)) throw error;
  }
  return true;
}

function isLinkTo(target: string, name: string, dir: Fd): boolean {
  return lstat(name, dir).type === "symlink" && readLink(name, dir) === target;
}

/** Mounts a clone of the host's `source` (of the whole tree with `rbind`) on the destination. */
export function mountBind(root: Root, mount: MountPlan, context: MountContext): void {
  if (mount.copySymlink && copyLink(root, mount)) return;
  const source = openSource(mount, context);
  using tree = source.tree;
  checkProcSource(mount, tree);
  const steps = source.foreign
    ? attributeSteps(withDefaultPropagation(mount, root.implied), { ownFlags: true, implied: undefined })
    : attributeSteps(mount, { ownFlags: true, implied: root.implied });
  applySteps(tree, steps);
  attachTree(root, tree, mount);
}
