// SPDX-License-Identifier: Apache-2.0
/** The text of /proc/PID/timens_offsets. Pure. time_namespaces(7) */
import type { TimeOffset } from "../spec/types.ts";

const CLOCKS = ["monotonic", "boottime"] as const;

/** One line a clock: name, seconds, nanoseconds. Throws for a clock that cannot be offset. */
export function timeOffsetsText(offsets: Readonly<Record<string, TimeOffset>>): string {
  const unknown = Object.keys(offsets).find((clock) => !(CLOCKS as readonly string[]).includes(clock));
  if (unknown !== undefined)
    throw new Error(`clock ${JSON.stringify(unknown)} cannot be offset, only ${CLOCKS.join(" and ")} can`);
  return CLOCKS.filter((clock) => offsets[clock] !== undefined)
    .map((clock) => `${clock} ${offsets[clock]?.secs ?? 0} ${offsets[clock]?.nanosecs ?? 0}\n`)
    .join("");
}
