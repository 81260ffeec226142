// SPDX-License-Identifier: Apache-2.0
/** Where a systemd listens. Pure. D-Bus specification, "Server Addresses" */
import type { Variables } from "../../plan/types.ts";

/** A unix socket: by path, or an abstract name. */
export interface BusAddress {
  readonly path?: string | undefined;
  readonly abstract?: string | undefined;
  /** systemd itself is at the other end, without a bus between. */
  readonly direct: boolean;
}

/** `unix:path=/run/user/1000/bus,guid=…;unix:abstract=…`: the sockets that it names, in order; other transports are left out. */
export function parseAddresses(text: string): BusAddress[] {
  return text.split(";").flatMap((address) => {
    const [transport, rest = ""] = splitOnce(address, ":");
    if (transport !== "unix") return [];
    const options = new Map(rest.split(",").map((option) => splitOnce(option, "=")));
    const [path, abstract] = [options.get("path"), options.get("abstract")].map(unescape);
    return path === undefined && abstract === undefined ? [] : [{ path, abstract, direct: false }];
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function unescape(text: string | undefined): string | undefined {
  return text?.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** The system's systemd: through the bus, and for root without one. */
export const systemAddresses = ["unix:path=/run/dbus/system_bus_socket", "direct:/run/systemd/private"];

/** A user's systemd, by the environment of a session. */
export function userAddresses(environ: Variables): string[] {
  const bus = environ.get("DBUS_SESSION_BUS_ADDRESS");
  const runtime = environ.get("XDG_RUNTIME_DIR");
  return [
    ...(bus === undefined || bus === "" ? [] : [bus]),
    ...(runtime === undefined || runtime === "" ? [] : [`unix:path=${runtime}/bus`, `direct:${runtime}/systemd/private`]),
  ];
}

/** Reads what systemAddresses and userAddresses() say. */
export function addressesOf(texts: readonly string[]): BusAddress[] {
  return texts.flatMap((text) => (text.startsWith("direct:") ? [{ path: text.slice(7), direct: true }] : parseAddresses(text)));
}
