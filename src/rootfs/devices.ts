// SPDX-License-Identifier: Apache-2.0
/** The device nodes of the container. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { setUmask } from "../linux/identity.ts";
import type { DevicePlan, RootfsPlan } from "../plan/types.ts";
import { devDirectory } from "./dev.ts";
import { makeDeviceNode, placeDevice } from "./device-node.ts";
import { makeParent } from "./make-path.ts";
import { splitPath } from "./paths.ts";
import type { Root } from "./root.ts";

function clauseOf(device: DevicePlan): string {
  return `make device ${JSON.stringify(device.path)}`;
}

function isDirectlyInDev(device: DevicePlan): boolean {
  return splitPath(device.path).parent === "/dev";
}

/**
 * Makes the nodes that lie directly in /dev on `dev`, the root of a new tmpfs that is not attached yet: no path is walked. The
 * umask is 0. False when mknod(2) is refused, which leaves them to makeDevices().
 */
export function makeDevicesIn(dev: Fd, devices: readonly DevicePlan[]): boolean {
  for (const device of devices) {
    if (!isDirectlyInDev(device)) continue;
    try {
      makeDeviceNode(dev, splitPath(device.path).name, device);
    } catch (cause) {
      if (isErrno(cause, "EPERM")) return false; // no CAP_MKNOD: they are bound from the host
      throw new Error(clauseOf(device), { cause });
    }
  }
  return true;
}

function makeDevice(root: Root, device: DevicePlan, bind: boolean): void {
  if (isDirectlyInDev(device)) {
    placeDevice(devDirectory(root), splitPath(device.path).name, device, bind);
    return;
  }
  const { dir, name } = makeParent(root.fd, device.path);
  using parent = dir;
  placeDevice(parent, name, device, bind);
}

/** In init, after mountAll(), before pivotInto() (nodes may have to be bound from the host): makes what is not made yet. */
export function makeDevices(root: Root, plan: RootfsPlan): void {
  const missing = root.devicesMade ? plan.devices.filter((device) => !isDirectlyInDev(device)) : plan.devices;
  if (missing.length === 0) return;
  const before = setUmask(0);
  try {
    for (const device of missing) {
      try {
        makeDevice(root, device, plan.bindDevices);
      } catch (cause) {
        throw new Error(clauseOf(device), { cause });
      }
    }
  } finally {
    setUmask(before);
  }
}
