// SPDX-License-Identifier: Apache-2.0
/** Moving network devices of the host into a container. config-linux.md, "Network Devices" */
import { HintedError, within } from "../linux/errors.ts";
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
  readonly from: RouteSocket;
  readonly to: RouteSocket;
  /** Of `to`. */
  readonly namespace: Fd;
}

interface Names {
  readonly from: string;
  readonly to: string;
}

/** A device that cannot be moved. */
class NetDeviceError extends HintedError {
  readonly code = "config-refused";
}

/** The device where it has come to: by its name, or, when the kernel chose that, the one that was not there before. */
function findMoved(sides: Sides, name: string, before: ReadonlySet<string>): devices.NetworkDevice {
  const found = devices
    .listDevices(sides.to)
    .find((device) => (name.includes("%d") ? !before.has(device.name) : device.name === name));
  if (found === undefined) throw new Error(`device ${JSON.stringify(name)} is not there after it was moved`);
  return found;
}

/** Moves one device with its addresses. It arrives down. Returns what it was and what it is. */
function moveOne(sides: Sides, names: Names): { readonly was: devices.NetworkDevice; readonly is: devices.NetworkDevice } {
  const was = devices.listDevices(sides.from).find(({ name }) => name === names.from);
  if (was === undefined) {
    throw new NetDeviceError("there is no such device in the runtime's network namespace", {
      hint: '"ip link" lists the devices',
    });
  }
  const before = new Set(devices.listDevices(sides.to).map((present) => present.name));
  if (before.has(names.to)) {
    const hint = "give the device another name with linux.netDevices[NAME].name";
    throw new NetDeviceError(`the container has a device ${JSON.stringify(names.to)} already`, { hint });
  }
  // The kernel drops the addresses when the device leaves its namespace.
  const addresses = devices.listPermanentAddresses(sides.from, was.index);
  devices.moveDevice(sides.from, was.index, { namespace: sides.namespace, name: names.to });
  const is = findMoved(sides, names.to, before);
  for (const address of addresses) devices.addAddress(sides.to, is.index, address);
  return { was, is };
}

/** Devices on their way into a container that is not yet certain to come about. */
export class MovedDevices {
  readonly #container: Fd;
  readonly #own: Fd;
  readonly #moved: { readonly was: devices.NetworkDevice; readonly is: devices.NetworkDevice }[] = [];

  constructor(namespace: string) {
    this.#container = openFile(namespace, O_RDONLY);
    this.#own = openFile("/proc/self/ns/net", O_RDONLY);
  }

  move(names: Names): void {
    using from = new RouteSocket();
    using to = socketIn(this.#container);
    const moved = moveOne({ from, to, namespace: this.#container }, names);
    this.#moved.push(moved);
    devices.setDeviceUp(to, moved.is.index);
  }

  /** There will be no container: the devices come back, as the virtual ones would go with its namespace. */
  takeBack(): void {
    using from = socketIn(this.#container);
    using to = new RouteSocket();
    for (const { was, is } of this.#moved) {
      const { is: back } = moveOne({ from, to, namespace: this.#own }, { from: is.name, to: was.name });
      if (was.up) devices.setDeviceUp(to, back.index);
    }
    this.close();
  }

  close(): void {
    this.#container.close();
    this.#own.close();
  }
}

/**
 * In the runtime: moves the devices into the network namespace behind the path `namespace`, with their names there and their
 * permanent global addresses, and sets them up. With the container they are not brought back: the kernel does that when the
 * namespace goes.
 *
 * Returns undefined where there is nothing to move. Throws at the first that cannot be moved; then all are where they were.
 */
export function moveNetDevices(netDevices: Readonly<Record<string, NetDevice>>, namespace: string): MovedDevices | undefined {
  const entries = Object.entries(netDevices);
  if (entries.length === 0) return undefined;
  const moved = new MovedDevices(namespace);
  try {
    for (const [from, { name }] of entries) {
      within(`move network device ${JSON.stringify(from)} into the container`, () => {
        moved.move({ from, to: name === undefined || name === "" ? from : name });
      });
    }
    return moved;
  } catch (error) {
    moved.takeBack();
    throw error;
  }
}
