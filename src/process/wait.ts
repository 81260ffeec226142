// SPDX-License-Identifier: Apache-2.0
/** Waiting: a little for what the kernel does not announce, and for what it does. */
import type { FdLike } from "../linux/fd.ts";
import { poll, POLLIN, type PollRequest } from "../linux/poll.ts";
import { monotonicTime } from "../linux/time.ts";

export { sleep as pauseFor } from "../linux/time.ts";

/** Milliseconds of a clock that nobody sets. */
export const ticks = (): number => Number(monotonicTime() / 1_000_000n);

/** The wish to be woken when there is something to read. */
export function whenReadable(fd: FdLike): PollRequest {
  return { fd, events: POLLIN };
}

/** Waits until one of the descriptors has something, or `milliseconds` have passed. */
export function waitForAny(requests: readonly PollRequest[], milliseconds: number): void {
  poll(requests, milliseconds);
}
