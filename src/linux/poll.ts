// SPDX-License-Identifier: Apache-2.0
/** Waiting for descriptors. */
import { POLLERR, POLLHUP, POLLNVAL } from "#gen/constants.ts";
import { pollfd } from "#gen/structs.ts";
import { poll as pollCall } from "runt:ffi";
import { fdNumber, type FdLike } from "./fd.ts";
import { pack, unpack } from "./struct.ts";

export { POLLIN, POLLOUT, POLLHUP, POLLERR, POLLPRI } from "#gen/constants.ts";

export interface PollRequest {
  readonly fd: FdLike;
  /** POLLIN, POLLOUT; 0 waits for errors and hang-ups alone. */
  readonly events: number;
}

/**
 * Waits until something is ready, at most `timeout` milliseconds (-1: for ever). Returns the events of each request, in
 * order; all 0 when the time has passed. poll(2)
 */
export function poll(requests: readonly PollRequest[], timeout = -1): number[] {
  const bytes = new Uint8Array(pollfd.size * requests.length);
  requests.forEach(({ fd, events }, index) => {
    bytes.set(pack(pollfd, { fd: fdNumber(fd), events }), index * pollfd.size);
  });
  pollCall(bytes, requests.length, timeout);
  return requests.map((_, index) => unpack(pollfd, bytes, "revents", index * pollfd.size));
}

/** Whether an answer of poll() says that the other side is gone or the descriptor is bad. */
export function hasEnded(events: number): boolean {
  return (events & (POLLERR | POLLHUP | POLLNVAL)) !== 0;
}

/** Waits until `fd` can be read or has ended; false when `timeout` milliseconds have passed. */
export function waitReadable(fd: FdLike, events: number, timeout = -1): boolean {
  return poll([{ fd, events }], timeout)[0] !== 0;
}

/** Something that a poll loop of somebody else serves: what it waits for, and what it does when that comes. */
export interface Pollable {
  requests(): readonly PollRequest[];
  /** The events of its requests, in their order. */
  handle(events: readonly number[]): void;
}
