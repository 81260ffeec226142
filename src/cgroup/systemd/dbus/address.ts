// SPDX-License-Identifier: Apache-2.0
/** Where a D-Bus listens. Pure. D-Bus specification, "Server Addresses" */

/** A path, or with "\0" in front a name in the abstract namespace of unix sockets. unix(7) */
export type SocketName = string;

/** The unix sockets of an address such as `unix:path=/run/user/1000/bus,guid=…;unix:abstract=/tmp/x`; others are left out. */
export function socketsOf(address: string): SocketName[] {
  return address.split(";").flatMap((single) => {
    if (!single.startsWith("unix:")) return [];
    const pairs = single.slice("unix:".length).split(",");
    const valueOf = (key: string): string | undefined => {
      const pair = pairs.find((text) => text.startsWith(`${key}=`));
      return pair === undefined ? undefined : unescapeValue(pair.slice(key.length + 1));
    };
    const path = valueOf("path");
    const abstract = valueOf("abstract");
    if (path !== undefined) return [path];
    return abstract === undefined ? [] : [`\0${abstract}`];
  });
}

function unescapeValue(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // bytes that are no UTF-8: then no path of ours either
  }
}
