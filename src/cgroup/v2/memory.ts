// SPDX-License-Identifier: Apache-2.0
/** Memory limits of cgroup v2. Pure. Documentation/admin-guide/cgroup-v2.rst, "Memory" */
import type { Memory } from "../../spec/types.ts";
import { type Integer, isSet, limitText, type Setting, settingsOf } from "../settings.ts";

const memory = settingsOf("memory", "memory");

export function memorySettings(given: Memory): Setting[] {
  const settings: Setting[] = [];
  const swap = swapLimit(given);
  if (swap !== undefined) {
    // Without swap accounting there is no file, and nothing to lose if swap was not to be limited.
    settings.push(memory("memory.swap.max", limitText(swap), "swap", { skipMissing: swap < 0 }));
  }
  if (isSet(given.limit)) settings.push(memory("memory.max", limitText(given.limit), "limit"));
  if (isSet(given.reservation)) settings.push(memory("memory.low", limitText(given.reservation), "reservation"));
  return settings;
}

/** config.json limits memory and swap together, as v1 does; v2 limits swap alone. -1: no limit; undefined: left as it is. */
export function swapLimit({ limit, swap }: Memory): Integer | undefined {
  if (!isSet(swap)) return isSet(limit) && limit < 0 ? -1 : undefined;
  if (swap < 0) return -1;
  if (!isSet(limit) || limit < 0) return undefined; // the plan refuses it: there is nothing to subtract
  const rest = BigInt(swap) - BigInt(limit);
  return rest < 0n ? 0 : rest;
}
