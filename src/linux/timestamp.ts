// SPDX-License-Identifier: Apache-2.0
/** Points in time as text. Pure. */

/** RFC 3339 with nanoseconds in UTC, trailing zeros of the fraction cut as Go's RFC3339Nano does; `time` in ns since 1970. */
export function formatTimestamp(time: bigint): string {
  const seconds = time / 1_000_000_000n;
  const fraction = (time % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return fraction === "" ? `${base}Z` : `${base}.${fraction}Z`;
}
