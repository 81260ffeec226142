// SPDX-License-Identifier: Apache-2.0
/** A new network namespace that is made beside the planning, since it takes longer than all else of the clone. setns(2) */
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { beginNetworkNamespace, CLONE_NEWNET, setns, takeNetworkNamespace } from "../linux/namespace.ts";

/**
 * In the runtime, as soon as it is known that one is wanted. When that does not go well there is none to be taken, and the clone
 * makes one, or says why it cannot.
 */
export const beginNetwork: () => void = beginNetworkNamespace;

/** In the runtime, before it clones anything: waits for the namespace that was begun. Its loopback device is up; init joins it. */
export const takeNetwork: () => Fd | undefined = takeNetworkNamespace;

/** In init. */
export function joinNetwork(network: Fd): void {
  within("join the new network namespace", () => {
    setns(network, CLONE_NEWNET);
  });
  network.close();
}
