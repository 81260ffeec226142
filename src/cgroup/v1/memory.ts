// SPDX-License-Identifier: Apache-2.0
/** Memory limits of cgroup v1. Pure. Documentation/admin-guide/cgroup-v1/memory.rst */
import type { Memory } from "../../spec/types.ts";
import { isSet, type Setting, settingsOf } from "../settings.ts";

const memory = settingsOf("memory", "memory");

/**
 * The limit of memory must never be above that of memory and swap. The lower of both comes first; when the limits grow, the
 * kernel refuses it and it is tried again after the other one.
 */
export function memorySettings(given: Memory): Setting[] {
  const { limit, swap, reservation, swappiness, disableOOMKiller, kernelTCP } = given;
  const settings: Setting[] = [];
  if (isSet(limit)) settings.push(memory("memory.limit_in_bytes", String(limit), "limit", { patient: true }));
  if (isSet(swap)) settings.push(memory("memory.memsw.limit_in_bytes", String(swap), "swap", { skipMissing: swap < 0 }));
  // No limit of memory with one of both would be no limit at all, and the kernel refuses it.
  else if (isSet(limit) && limit < 0) settings.push(memory("memory.memsw.limit_in_bytes", "-1", "limit", { skipMissing: true }));
  if (isSet(reservation)) settings.push(memory("memory.soft_limit_in_bytes", String(reservation), "reservation"));
  if (isSet(kernelTCP))
    settings.push(memory("memory.kmem.tcp.limit_in_bytes", String(kernelTCP), "kernelTCP", { skipMissing: true }));
  if (swappiness !== undefined) settings.push(memory("memory.swappiness", String(swappiness), "swappiness"));
  if (disableOOMKiller === true) settings.push(memory("memory.oom_control", "1", "disableOOMKiller", { undo: wasDisabled }));
  return settings;
}

/** The file shows more than it takes. */
function wasDisabled(old: string): string {
  return old.includes("oom_kill_disable 1") ? "1" : "0";
}
