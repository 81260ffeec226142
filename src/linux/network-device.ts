// SPDX-License-Identifier: Apache-2.0
/** Network devices and their addresses through a RouteSocket. */
import * as c from "#gen/constants.ts";
import { ifaddrmsg, ifinfomsg } from "#gen/structs.ts";
import { decodeUtf8, encodeUtf8 } from "runt:host";
import { fdNumber, type FdLike } from "./fd.ts";
import type { RouteSocket } from "./netlink.ts";
import { decodeAttributes, u32, type NetlinkAttribute } from "./netlink-message.ts";
import { pack, unpack } from "./struct.ts";

export interface NetworkDevice {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
}

/** An address as the kernel told it, to be given back to it. */
export interface NetworkAddress {
  readonly family: number;
  readonly prefixLength: number;
  readonly attributes: readonly NetlinkAttribute[];
}

const text = (value: Uint8Array): string => decodeUtf8(value.at(-1) === 0 ? value.subarray(0, -1) : value);

/** Every device of the socket's namespace. RTM_GETLINK */
export function listDevices(socket: RouteSocket): NetworkDevice[] {
  return socket.dump("list network devices", { type: c.RTM_GETLINK, body: pack(ifinfomsg, {}) }).map(({ payload }) => {
    const name = decodeAttributes(payload, ifinfomsg.size).find(({ type }) => type === c.IFLA_IFNAME);
    return {
      index: unpack(ifinfomsg, payload, "ifi_index"),
      name: name === undefined ? "" : text(name.value),
      up: (unpack(ifinfomsg, payload, "ifi_flags") & c.IFF_UP) !== 0,
    };
  });
}

/** Sets a device up. RTM_NEWLINK, IFF_UP */
export function setDeviceUp(socket: RouteSocket, index: number): void {
  socket.change("set network device up", {
    type: c.RTM_NEWLINK,
    body: pack(ifinfomsg, { ifi_index: index, ifi_flags: c.IFF_UP, ifi_change: c.IFF_UP }),
  });
}

/** Moves a device into the network namespace behind `namespace` under `name` (`%d` in it: the kernel picks a number). */
export function moveDevice(
  socket: RouteSocket,
  index: number,
  target: { readonly namespace: FdLike; readonly name: string },
): void {
  socket.change("move network device", {
    type: c.RTM_NEWLINK,
    body: pack(ifinfomsg, { ifi_index: index }),
    attributes: [
      { type: c.IFLA_NET_NS_FD, value: u32(fdNumber(target.namespace)) },
      { type: c.IFLA_IFNAME, value: encodeUtf8(`${target.name}\0`) },
    ],
  });
}

// What an administrator chose about an address, apart from what the kernel found out about it since (tentative, secondary, …).
const CHOSEN_FLAGS = c.IFA_F_NODAD | c.IFA_F_HOMEADDRESS | c.IFA_F_MANAGETEMPADDR | c.IFA_F_NOPREFIXROUTE | c.IFA_F_MCAUTOJOIN;
// Labels name the old device, and lifetimes are those of a permanent address by default.
const CARRIED = new Set([c.IFA_ADDRESS, c.IFA_LOCAL, c.IFA_BROADCAST]);

/** The permanent addresses of global scope on a device. RTM_GETADDR */
export function listPermanentAddresses(socket: RouteSocket, index: number): NetworkAddress[] {
  const addresses: NetworkAddress[] = [];
  for (const { payload } of socket.dump("list network addresses", { type: c.RTM_GETADDR, body: pack(ifaddrmsg, {}) })) {
    const attributes = decodeAttributes(payload, ifaddrmsg.size);
    const wide = attributes.find(({ type }) => type === c.IFA_FLAGS)?.value;
    const flags =
      wide === undefined
        ? unpack(ifaddrmsg, payload, "ifa_flags")
        : new DataView(wide.buffer, wide.byteOffset, 4).getUint32(0, true);
    if (unpack(ifaddrmsg, payload, "ifa_index") !== index) continue;
    if (unpack(ifaddrmsg, payload, "ifa_scope") !== c.RT_SCOPE_UNIVERSE || (flags & c.IFA_F_PERMANENT) === 0) continue;
    addresses.push({
      family: unpack(ifaddrmsg, payload, "ifa_family"),
      prefixLength: unpack(ifaddrmsg, payload, "ifa_prefixlen"),
      attributes: [
        ...attributes.filter(({ type }) => CARRIED.has(type)),
        { type: c.IFA_FLAGS, value: u32(flags & CHOSEN_FLAGS) },
      ],
    });
  }
  return addresses;
}

/** Gives a device an address. RTM_NEWADDR */
export function addAddress(socket: RouteSocket, index: number, address: NetworkAddress): void {
  socket.change("add network address", {
    type: c.RTM_NEWADDR,
    flags: c.NLM_F_CREATE | c.NLM_F_REPLACE,
    body: pack(ifaddrmsg, { ifa_family: address.family, ifa_prefixlen: address.prefixLength, ifa_index: index }),
    attributes: address.attributes,
  });
}
