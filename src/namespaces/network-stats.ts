// SPDX-License-Identifier: Apache-2.0
/** Counters of the network interfaces that a process has, under the names of the `events` command. */
import { isErrno } from "../linux/errors.ts";
import { readFileIfAny } from "../linux/file.ts";
import { parseNetDev } from "../linux/proc/net-dev.ts";

const names = ["Bytes", "Packets", "Errors", "Dropped"] as const;

export type NetworkStats = { readonly Name: string } & {
  readonly [Counter in `${"Rx" | "Tx"}${(typeof names)[number]}`]?: bigint;
};

/** One entry an interface; null for a process that is gone. */
export function networkStats(pid: number): NetworkStats[] | null {
  const text = readCounters(pid);
  if (text === undefined) return null;
  return parseNetDev(text).map(({ name, counts }) => ({
    Name: name,
    ...Object.fromEntries(names.map((counter, at) => [`Rx${counter}`, counts[at]])),
    ...Object.fromEntries(names.map((counter, at) => [`Tx${counter}`, counts[at + 8]])),
  }));
}

function readCounters(pid: number): string | undefined {
  try {
    return readFileIfAny(`/proc/${pid}/net/dev`);
  } catch (error) {
    if (isErrno(error, "EINVAL", "ESRCH")) return undefined; // it ended while it was read
    throw error;
  }
}
