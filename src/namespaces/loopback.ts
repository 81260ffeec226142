// SPDX-License-Identifier: Apache-2.0
/** The loopback device of a new network namespace. runtime.md leaves it down; programs expect it up. */
import { within } from "../linux/errors.ts";
import { setUpByName } from "../linux/network-interface.ts";

/** In init, inside the new network namespace, before capabilities are dropped. */
export function bringUpLoopback(): void {
  within("bring up the loopback device", () => {
    setUpByName("lo");
  });
}
