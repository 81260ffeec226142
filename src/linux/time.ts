// SPDX-License-Identifier: Apache-2.0
/** Clocks and sleep. */
import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME } from "#gen/constants.ts";
import { timespec } from "#gen/structs.ts";
import { clock_gettime, nanosleep } from "runt:ffi";
import { pack, unpackBig } from "./struct.ts";
import { formatTimestamp } from "./timestamp.ts";

function clock(id: number): bigint {
  const bytes = new Uint8Array(timespec.size);
  clock_gettime(id, bytes);
  return unpackBig(timespec, bytes, "tv_sec") * 1_000_000_000n + unpackBig(timespec, bytes, "tv_nsec");
}

/** Nanoseconds since 1970, UTC. clock_gettime(2) */
export const realTime = (): bigint => clock(CLOCK_REALTIME);

/** Nanoseconds of a clock that nobody sets; it stands still in suspend. clock_gettime(2) */
export const monotonicTime = (): bigint => clock(CLOCK_MONOTONIC);

/** Nanoseconds since the machine started, suspend included. clock_gettime(2) */
export const bootTime = (): bigint => clock(CLOCK_BOOTTIME);

/** Now, as RFC 3339 with nanoseconds, UTC: `2026-01-02T03:04:05.123456789Z`. */
export function now(): string {
  return formatTimestamp(realTime());
}

/** Waits `milliseconds`. nanosleep(2) */
export function sleep(milliseconds: number): void {
  const nanoseconds = BigInt(Math.round(milliseconds * 1e6));
  const time = pack(timespec, { tv_sec: nanoseconds / 1_000_000_000n, tv_nsec: nanoseconds % 1_000_000_000n });
  nanosleep(time, time); // an interrupted sleep goes on with what is left
}
