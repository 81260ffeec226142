// SPDX-License-Identifier: Apache-2.0
/** One device: made by mknod(2), or the host's node bound where that is refused. */
import { makeDevice, makeNode } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { readFileIfAny } from "../linux/file.ts";
import { cloneTree, moveMount } from "../linux/mount.ts";
import { chownAt, fstat, lstat, S_IFBLK, S_IFCHR, S_IFIFO, type FileStat, type FileType } from "../linux/stat.ts";
import type { DevicePlan } from "../plan/types.ts";
import { openOrMake } from "./make-path.ts";

const MODES: Readonly<Record<DevicePlan["type"], number>> = { c: S_IFCHR, b: S_IFBLK, p: S_IFIFO };
const TYPES: Readonly<Record<DevicePlan["type"], FileType>> = { c: "character", b: "block", p: "fifo" };

function describeDevice({ type, major, minor }: DevicePlan): string {
  return type === "p" ? "a fifo" : `${TYPES[type]} device ${major}:${minor}`;
}

function isDevice(stat: FileStat, device: DevicePlan): boolean {
  if (stat.type !== TYPES[device.type]) return false;
  return device.type === "p" || (stat.rdevMajor === device.major && stat.rdevMinor === device.minor);
}

/**
 * Makes the node `name` in `dir`; the umask is 0. One that is there already must be the device, and stays as it is: it may be a
 * bind mount of the host's.
 */
export function makeDeviceNode(dir: Fd, name: string, device: DevicePlan): void {
  try {
    makeNode(name, MODES[device.type] | device.mode, makeDevice(device.major, device.minor), dir);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    const stat = lstat(name, dir);
    if (isDevice(stat, device)) return;
    throw new Error(`it exists and is of type ${stat.type}, and should be ${describeDevice(device)}`, { cause: error });
  }
  if (device.uid !== 0 || device.gid !== 0) chownAt(dir, name, device.uid, device.gid);
}

/** The host's own node for a device number, for devices that have another path in the container. */
function hostPathOf(device: DevicePlan): string | undefined {
  const kind = device.type === "b" ? "block" : "char";
  const uevent = readFileIfAny(`/sys/dev/${kind}/${device.major}:${device.minor}/uevent`);
  const name = uevent === undefined ? undefined : /^DEVNAME=(.+)$/m.exec(uevent)?.[1];
  return name === undefined ? undefined : `/dev/${name}`;
}

/** A detached mount of the node at `path`, if that is the device: what is looked at is what gets mounted. */
function cloneDevice(path: string | undefined, device: DevicePlan): Fd | undefined {
  if (path === undefined) return undefined;
  let tree: Fd;
  try {
    tree = cloneTree(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
  if (isDevice(fstat(tree), device)) return tree;
  tree.close();
  return undefined;
}

/** Mounts the host's node on `name` in `dir`. Before the host's /dev is out of reach. */
export function bindDevice(dir: Fd, name: string, device: DevicePlan): void {
  const found = cloneDevice(device.path, device) ?? cloneDevice(hostPathOf(device), device);
  if (found === undefined) throw new Error(`the host has no ${describeDevice(device)}, neither at that path nor in its /dev`);
  using tree = found;
  using target = openOrMake(dir, name, "file");
  if (fstat(target).type === "symlink") throw new Error("it exists and is a symbolic link");
  moveMount(tree, target, "");
}

/** Makes a device, or binds it: where `bind` says so, and where mknod(2) says EPERM for want of CAP_MKNOD. */
export function placeDevice(dir: Fd, name: string, device: DevicePlan, bind: boolean): void {
  if (bind && device.type !== "p") {
    bindDevice(dir, name, device);
    return;
  }
  try {
    makeDeviceNode(dir, name, device);
  } catch (error) {
    if (!isErrno(error, "EPERM") || device.type === "p") throw error;
    bindDevice(dir, name, device);
  }
}
