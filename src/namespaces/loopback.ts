// SPDX-License-Identifier: Apache-2.0
/** The loopback device of a new network namespace. runtime.md leaves it down; programs expect it up. */
import { within } from "../linux/errors.ts";
import { setDeviceUp } from "../linux/network-device.ts";
import { RouteSocket } from "../linux/netlink.ts";

/** The kernel makes it first in every network namespace. */
const LOOPBACK_INDEX = 1;

/** In init, inside the new network namespace, before capabilities are dropped. */
export function bringUpLoopback(): void {
  within("bring up the loopback device", () => {
    using socket = new RouteSocket();
    setDeviceUp(socket, LOOPBACK_INDEX);
  });
}
