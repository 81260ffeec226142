// SPDX-License-Identifier: Apache-2.0
/** Mounts of a new file system: proc, tmpfs, devpts, sysfs, mqueue, overlay and whatever else the kernel has. */
import { isErrno } from "../linux/errors.ts";
import { fdPath, type Fd } from "../linux/fd.ts";
import { isCausedBy, LONGEST_OPTION, makeFileSystem } from "../linux/filesystem.ts";
import { MOUNT_ATTR_RDONLY } from "../linux/mount-flags.ts";
import { classicMount, cloneTree, setMountAttributes } from "../linux/mount.ts";
import { fstat } from "../linux/stat.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";
import { attributeBits, attributeSteps, superblockOptions } from "./attributes.ts";
import { applySteps } from "./bind.ts";
import { classicData, classicFlags } from "./classic.ts";
import { copyUp } from "./copy-up.ts";
import { makeDevicesIn } from "./devices.ts";
import { openInRoot } from "./resolve.ts";
import type { MountContext, Root } from "./root.ts";
import { attachDirectory, findTarget, openDirectoryTarget } from "./target.ts";

/** Their superblocks are shared or in memory alone: read-only is a matter of the mount. Others are told, and then write nothing. */
const READ_ONLY_BY_MOUNT: ReadonlySet<string> = new Set([
  "proc",
  "sysfs",
  "tmpfs",
  "devpts",
  "mqueue",
  "cgroup",
  "cgroup2",
  "overlay",
  "securityfs",
  "debugfs",
  "tracefs",
  "bpf",
]);

/**
 * What stands in for a file system that the kernel does not give to a user namespace which does not own the namespace shown in
 * it: the host's, as far as it is there.
 */
const HOST_INSTEAD: Readonly<Record<string, { readonly path: string; readonly readonly: boolean }>> = {
  sysfs: { path: "/sys", readonly: true },
  mqueue: { path: "/dev/mqueue", readonly: false },
};

/** What is kept open for later steps: Root.kernels(). */
const KERNELS: Readonly<Record<string, string>> = { "/proc": "proc", "/sys": "sysfs" };

/** Mounts a new file system of the plan's type on the destination. */
export function mountNew(root: Root, mount: MountPlan, plan: RootfsPlan, context: MountContext): void {
  const options = optionsOf(root, mount);
  if (options.some(isTooLong) || hasOldFlags(mount)) mountClassic(root, mount, options);
  else mountDetached(root, mount, options, plan, context);
}

/** All that the file system itself is told. */
function optionsOf(root: Root, mount: MountPlan): string[] {
  const options = [...mount.data, ...superblockOptions(mount.set)];
  if (mount.set.includes("ro") && !READ_ONLY_BY_MOUNT.has(mount.type)) options.push("ro");
  if (mount.label !== undefined) options.push(`context=${mount.label}`);
  if (mount.type === "tmpfs" && !options.some((option) => option.startsWith("mode="))) {
    const mode = modeAt(root, mount);
    if (mode !== undefined) options.push(`mode=${mode.toString(8)}`);
  }
  return options;
}

/** A tmpfs that is told no mode looks like the directory that it covers. */
function modeAt(root: Root, mount: MountPlan): number | undefined {
  using covered = findTarget(root, mount, { directory: true });
  return covered === undefined ? undefined : fstat(covered).permissions;
}

function isTooLong(option: string): boolean {
  return option.length - option.indexOf("=") - 1 > LONGEST_OPTION; // the kernel counts bytes; beyond ASCII it says EINVAL
}

/** Flags that only mount(2) knows. To a tmpfs they mean nothing: it always counts versions, and never complains. */
function hasOldFlags({ type, set }: MountPlan): boolean {
  return type !== "tmpfs" && (set.includes("iversion") || set.includes("silent"));
}

function mountDetached(root: Root, mount: MountPlan, options: string[], plan: RootfsPlan, context: MountContext): void {
  const bits = attributeBits(mount.set, mount.clear);
  const isDev = mount.destination === "/dev" && mount.type === "tmpfs" && plan.setUpDev;
  // The mount points of later mounts, and devices, are still to be made in it.
  const later = (bits.set & MOUNT_ATTR_RDONLY) !== 0 && (mount.type === "tmpfs" || mount.destination === "/dev");
  const tree = makeTree(mount, options, later ? bits.set & ~MOUNT_ATTR_RDONLY : bits.set, plan, context);
  let kept = false;
  try {
    if (mount.tmpcopyup) copyCovered(root, mount, tree, context);
    const devicesMade = isDev && !plan.bindDevices && makeDevicesIn(tree, plan.devices);
    applySteps(tree, attributeSteps(mount, { ownFlags: false, implied: "private" }));
    attachDirectory(root, tree, mount);
    if (later) root.readonlyLater.push(tree);
    if (isDev) keepDev(root, tree, { isNew: !mount.tmpcopyup, devicesMade });
    const isKernels = KERNELS[mount.destination] === mount.type;
    if (isKernels) root.keepKernels(mount.destination, tree);
    kept = later || isDev || isKernels;
  } finally {
    if (!kept) tree.close();
  }
}

function keepDev(root: Root, tree: Fd, { isNew, devicesMade }: { isNew: boolean; devicesMade: boolean }): void {
  if (root.dev !== undefined && !root.readonlyLater.includes(root.dev)) root.dev.close();
  root.dev = tree;
  root.devIsNew = isNew;
  root.devicesMade = devicesMade;
}

function copyCovered(root: Root, mount: MountPlan, tree: Fd, context: MountContext): void {
  using covered = findTarget(root, mount, { directory: true });
  if (covered !== undefined) copyUp(covered, tree, context.warn);
}

function makeTree(mount: MountPlan, options: string[], attributes: number, plan: RootfsPlan, context: MountContext): Fd {
  const { type, source } = mount;
  try {
    return makeFileSystem({ type, source, options, attributes });
  } catch (error) {
    if (type === "devpts" && plan.bindDevices && isCausedBy(error, "EINVAL") && options.some(isGid)) {
      // The group of terminals on the host may have no mapping; then they belong to the opener's group.
      return makeFileSystem({ type, source, options: options.filter((option) => !isGid(option)), attributes });
    }
    const tree = isCausedBy(error, "EPERM") ? cloneHost(type, attributes) : undefined;
    if (tree === undefined) throw error;
    context.warn(`${type} on ${JSON.stringify(mount.destination)} is the host's: the kernel allows no new one`);
    return tree;
  }
}

function isGid(option: string): boolean {
  return option.startsWith("gid=");
}

function cloneHost(type: string, attributes: number): Fd | undefined {
  const host = HOST_INSTEAD[type];
  if (host === undefined) return undefined;
  let tree: Fd;
  try {
    tree = cloneTree(host.path, { recursive: true });
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    if (host.readonly) setMountAttributes(tree, { set: MOUNT_ATTR_RDONLY }, { recursive: true });
    if (attributes !== 0) setMountAttributes(tree, { set: attributes });
    return tree;
  } catch (error) {
    tree.close();
    throw error;
  }
}

/** What fsconfig(2) cannot carry, e.g. the many layers of an overlay. The mount point is named by its descriptor. */
function mountClassic(root: Root, mount: MountPlan, options: readonly string[]): void {
  {
    using target = openDirectoryTarget(root, mount);
    classicMount({
      source: mount.source,
      target: fdPath(target),
      type: mount.type,
      flags: classicFlags(mount.set),
      data: classicData(options),
    });
  }
  using mounted = openInRoot(root.fd, mount.destination, { directory: true });
  applySteps(mounted, attributeSteps(mount, { ownFlags: false, implied: "private" }));
}
