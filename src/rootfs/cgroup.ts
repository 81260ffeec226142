// SPDX-License-Identifier: Apache-2.0
/** Mounts of type cgroup: what the container sees of the hierarchies, on both versions. */
import { mkdir, symlink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { isCausedBy, makeFileSystem } from "../linux/filesystem.ts";
import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY } from "../linux/mount-flags.ts";
import { cloneTree, moveMount, setMountAttributes } from "../linux/mount.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";
import { attributeBits, attributeSteps } from "./attributes.ts";
import { applySteps } from "./bind.ts";
import { makeEmptyDirectory } from "./masked.ts";
import type { CgroupHierarchy, MountContext, Root } from "./root.ts";
import { attachDirectory } from "./target.ts";

const HARMLESS = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
const UNIFIED = "/sys/fs/cgroup";

/** Mounts the cgroup hierarchies on the destination. */
export function mountCgroup(root: Root, mount: MountPlan, plan: RootfsPlan, context: MountContext): void {
  if (mount.type === "cgroup2") mountUnified(root, mount, plan, context);
  else mountHierarchies(root, mount, context);
}

function mountUnified(root: Root, mount: MountPlan, plan: RootfsPlan, context: MountContext): void {
  using tree = unifiedTree(mount, plan, context);
  applySteps(tree, attributeSteps(mount, { ownFlags: true, implied: root.implied }));
  attachDirectory(root, tree, mount);
}

/**
 * With a cgroup namespace a mount shows the container's cgroup as its root. Without one it would show, and change the options of,
 * the host's: then the host's own mount is cloned. For a rootless caller that would be the whole session, writable, and so it is
 * read-only (CVE-2023-25809).
 */
function unifiedTree(mount: MountPlan, plan: RootfsPlan, context: MountContext): Fd {
  if (plan.ownCgroupNamespace) {
    try {
      const { set } = attributeBits(mount.set, mount.clear);
      return makeFileSystem({ type: "cgroup2", source: mount.source, options: mount.data, attributes: set });
    } catch (error) {
      // EPERM: the user namespace does not own the cgroup namespace; EBUSY: what /proc shows of cgroups is partly hidden
      if (!isCausedBy(error, "EPERM", "EBUSY")) throw error;
    }
  }
  return cloneUnified(plan, context);
}

function cloneUnified(plan: RootfsPlan, context: MountContext): Fd {
  const hierarchy = context.cgroups.find(({ version }) => version === 2);
  const own = plan.ownCgroupNamespace ? hierarchy?.path : undefined;
  const unprivileged = context.rootless || plan.bindDevices; // also where the runtime itself is in a user namespace
  let tree: Fd;
  try {
    tree = cloneTree(own ?? hierarchy?.mountPoint ?? UNIFIED, { recursive: true });
  } catch (error) {
    if (!unprivileged || !isErrno(error, "ENOENT")) throw error;
    return makeEmptyDirectory(); // the container's cgroup is out of sight here: better nothing than the host's
  }
  if (unprivileged && own === undefined) setMountAttributes(tree, { set: MOUNT_ATTR_RDONLY }, { recursive: true });
  return tree;
}

/**
 * Version 1: a tmpfs with a directory for each hierarchy, in it the container's own cgroup, and links for controllers that share
 * one. A clone of the cgroup's directory is what a mount inside a cgroup namespace would show, and needs no privilege over it.
 */
function mountHierarchies(root: Root, mount: MountPlan, context: MountContext): void {
  const readonly = mount.set.includes("ro");
  using tmpfs = makeFileSystem({ type: "tmpfs", source: "tmpfs", options: ["mode=755"], attributes: HARMLESS });
  const shown = context.cgroups.filter(({ version, path }) => version === 1 && path !== undefined);
  for (const { name } of shown) {
    mkdir(name, 0o755, tmpfs);
    if (name.includes(",")) for (const controller of name.split(",")) symlink(name, controller, tmpfs);
  }
  attachDirectory(root, tmpfs, mount);
  for (const hierarchy of shown) attachHierarchy(tmpfs, hierarchy, mount, context);
  if (readonly) setMountAttributes(tmpfs, { set: MOUNT_ATTR_RDONLY });
  applySteps(tmpfs, attributeSteps(mount, { ownFlags: false, implied: "private" }));
}

function attachHierarchy(tmpfs: Fd, { name, path }: CgroupHierarchy, mount: MountPlan, context: MountContext): void {
  if (path === undefined) return;
  let tree: Fd;
  try {
    tree = cloneTree(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    context.warn(`cgroup hierarchy ${JSON.stringify(name)} is not shown: the container has no cgroup in it`);
    return;
  }
  using own = tree;
  const { set } = attributeBits(mount.set, mount.clear);
  setMountAttributes(own, { set: HARMLESS | (set & MOUNT_ATTR_RDONLY) });
  moveMount(own, tmpfs, name);
}
