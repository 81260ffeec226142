// SPDX-License-Identifier: Apache-2.0
/**
 * A new network namespace that is made beside the planning and the clone of init, since it takes longer than all else of the clone.
 * setns(2)
 */
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { beginNetworkNamespace, CLONE_NEWNET, setns, takeNetworkNamespace } from "../linux/namespace.ts";
import { unshareNamespaces } from "./join.ts";
import { bringUpLoopback } from "./loopback.ts";

/** In the runtime, as soon as it is known that one is wanted. */
export const beginNetwork: () => void = beginNetworkNamespace;

/** In the runtime: waits for the namespace that was begun. Undefined when it could not be made. */
export const takeNetwork: () => Fd | undefined = takeNetworkNamespace;

/** In init: joins the namespace, or makes one and brings its loopback up, or tells why it cannot. */
export function enterNetwork(network: Fd | undefined): void {
  if (network === undefined) {
    unshareNamespaces(["network"]);
    bringUpLoopback();
    return;
  }
  within("join the new network namespace", () => {
    setns(network, CLONE_NEWNET);
  });
  network.close();
}
