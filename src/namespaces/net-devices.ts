// SPDX-License-Identifier: Apache-2.0
/** Moving network devices of the host into a container. config-linux.md, "Network Devices" */
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_RDONLY, openFile } from "../linux/file.ts";
import { CLONE_NEWNET, setns } from "../linux/namespace.ts";
import * as devices from "../linux/network-device.ts";
import { RouteSocket } from "../linux/netlink.ts";
import type { NetDevice } from "../spec/types.ts";

/** A socket that speaks to the network namespace behind `namespace`; the caller itself is back in its own afterwards. */
function socketIn(namespace: Fd): RouteSocket {
  using own = openFile("/proc/self/ns/net", O_RDONLY);
  setns(namespace, CLONE_NEWNET);
  try {
    return new RouteSocket();
  } finally {
    setns(own, CLONE_NEWNET);
  }
}

interface Sides {
  readonly host: RouteSocket;
  readonly container: RouteSocket;
  readonly namespace: Fd;
}

/** The device in the container: by its name, or, when the kernel chose that, the one that was not there before. */
function findMoved(sides: Sides, name: string, before: ReadonlySet<string>): devices.NetworkDevice {
  const found = devices
    .listDevices(sides.container)
    .find((device) => (name.includes("%d") ? !before.has(device.name) : device.name === name));
  if (found === undefined) throw new Error(`device ${JSON.stringify(name)} is not in the container after it was moved`);
  return found;
}

function moveOne(sides: Sides, hostName: string, name: string): void {
  const device = devices.listDevices(sides.host).find((candidate) => candidate.name === hostName);
  if (device === undefined) throw new Error("there is no such device in the runtime's network namespace");
  const before = new Set(devices.listDevices(sides.container).map((present) => present.name));
  if (before.has(name)) throw new Error(`the container has a device ${JSON.stringify(name)} already`);
  // The kernel drops the addresses when the device leaves its namespace.
  const addresses = devices.listPermanentAddresses(sides.host, device.index);
  devices.moveDevice(sides.host, device.index, { namespace: sides.namespace, name });
  const { index } = findMoved(sides, name, before);
  for (const address of addresses) devices.addAddress(sides.container, index, address);
  devices.setDeviceUp(sides.container, index);
}

/**
 * In the runtime: moves the devices into the network namespace of process `pid`, with their names there and their permanent
 * global addresses, and sets them up. They are not brought back: the kernel does that when the namespace goes.
 */
export function moveNetDevices(netDevices: Readonly<Record<string, NetDevice>>, pid: number): void {
  const names = Object.entries(netDevices);
  if (names.length === 0) return;
  using namespace = openFile(`/proc/${pid}/ns/net`, O_RDONLY);
  using host = new RouteSocket();
  using container = socketIn(namespace);
  for (const [hostName, { name }] of names) {
    within(`move network device ${JSON.stringify(hostName)} into the container`, () =>
      moveOne({ host, container, namespace }, hostName, name === undefined || name === "" ? hostName : name),
    );
  }
}
