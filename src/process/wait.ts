// SPDX-License-Identifier: Apache-2.0
/** Waiting: a little for what the kernel does not announce, and for what it does. */
import { poll, type PollRequest } from "../linux/poll.ts";

export { sleep as pauseFor } from "../linux/time.ts";

/** Waits until one of the descriptors has something; false when `milliseconds` have passed. */
export function waitForAny(requests: readonly PollRequest[], milliseconds: number): boolean {
  return poll(requests, milliseconds).some((events) => events !== 0);
}
