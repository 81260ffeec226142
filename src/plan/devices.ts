// SPDX-License-Identifier: Apache-2.0
/** Device nodes: what every container gets, and `linux.devices`. */
import type { Device } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";
import { cleanPath, isBelow } from "./paths.ts";
import type { DevicePlan } from "./types.ts";

function node(path: string, major: number, minor: number): DevicePlan {
  return { type: "c", path, major, minor, mode: 0o666, uid: 0, gid: 0 };
}

/** What the spec promises to every container (config-linux.md, "Default Devices"). */
export const defaultDevices: readonly DevicePlan[] = [
  node("/dev/null", 1, 3),
  node("/dev/zero", 1, 5),
  node("/dev/full", 1, 7),
  node("/dev/random", 1, 8),
  node("/dev/urandom", 1, 9),
  node("/dev/tty", 5, 0),
];

/** dev_t has 12 bits for the major number and 20 for the minor one. */
const maxMajor = 0xfff;
const maxMinor = 0xfffff;

/**
 * The nodes to make: the defaults, then the config's; of two with one path the later counts. Without `setUpDev` whatever lies in
 * /dev is left out, because the directory is not the container's.
 */
export function planDevices(devices: readonly Device[] | undefined, setUpDev: boolean, report: Report): readonly DevicePlan[] {
  if (devices === undefined || devices.length === 0) return setUpDev ? defaultDevices : [];
  const byPath = new Map<string, DevicePlan>();
  if (setUpDev) for (const device of defaultDevices) byPath.set(device.path, device);
  for (let index = 0; index < devices.length; index++) {
    const device = devices[index];
    if (device === undefined) continue;
    const plan = planDevice(device, `linux.devices[${index}]`, report);
    if (setUpDev || !isBelow(plan.path, "/dev")) byPath.set(plan.path, plan);
    else report.warn(`linux.devices[${index}]`, `${plan.path} is not made, because /dev is a bind mount`);
  }
  return [...byPath.values()];
}

function planDevice(device: Device, at: string, report: Report): DevicePlan {
  if (!device.path.startsWith("/") || device.path.includes("\0")) {
    report.refuse(`${at}.path`, `is ${quote(device.path)}, and must be an absolute path`);
  }
  const type = device.type === "u" ? "c" : device.type;
  if (type !== "c" && type !== "b" && type !== "p") {
    report.refuse(`${at}.type`, `is ${quote(device.type)}, and must be "c", "u", "b" or "p"`);
  }
  return {
    type: type === "b" || type === "p" ? type : "c",
    path: cleanPath(device.path),
    major: type === "p" ? 0 : number(device.major, maxMajor, `${at}.major`, report),
    minor: type === "p" ? 0 : number(device.minor, maxMinor, `${at}.minor`, report),
    // Engines copy st_mode whole; the type in its upper bits says nothing that `type` does not.
    mode: (device.fileMode ?? 0o666) & 0o7777,
    uid: device.uid ?? 0,
    gid: device.gid ?? 0,
  };
}

function number(value: number | undefined, max: number, at: string, report: Report): number {
  if (value === undefined) report.refuse(at, 'is missing, and only a device of type "p" needs none');
  else if (!Number.isInteger(value) || value < 0 || value > max) report.refuse(at, `is ${value}, and must be 0 to ${max}`);
  return value ?? 0;
}
