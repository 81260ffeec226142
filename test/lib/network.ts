// SPDX-License-Identifier: Apache-2.0
/** Network devices that tests give away. The lane has a network namespace of its own, so none is the machine's. */
import { findProgram } from "./lane.ts";
import { must } from "./container.ts";
import { run } from "./run.ts";

/** Makes a device that is up, with an address and an MTU of its own; false where that cannot be. */
export function addDevice(name: string): boolean {
  if (findProgram("ip") === undefined) return false;
  const added =
    run(["ip", "link", "add", name, "type", "dummy"]).code === 0 ||
    run(["ip", "link", "add", name, "type", "veth", "peer", `${name}p`]).code === 0;
  if (added) {
    must(run(["ip", "addr", "add", "10.99.7.1/24", "dev", name]));
    must(run(["ip", "link", "set", name, "mtu", "1400", "up"]));
  }
  return added;
}

/** Whether addDevice() works here. */
export function canAddDevices(): boolean {
  return addDevice("rtprobe") && run(["ip", "link", "del", "rtprobe"]).code === 0;
}
