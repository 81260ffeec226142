// SPDX-License-Identifier: Apache-2.0
/** Files of cgroup v2 that systemd has a property for. Pure. */
import { bitmask, number, type Property, property, quotaPerSecond } from "./property.ts";

/** Files with one number or "max". */
const numbers: Readonly<Record<string, string>> = {
  "cpu.weight": "CPUWeight",
  "io.weight": "IOWeight",
  "memory.min": "MemoryMin",
  "memory.low": "MemoryLow",
  "memory.high": "MemoryHigh",
  "memory.max": "MemoryMax",
  "memory.swap.max": "MemorySwapMax",
  "memory.zswap.max": "MemoryZSwapMax",
  "pids.max": "TasksMax",
};

const masks: Readonly<Record<string, string>> = { "cpuset.cpus": "AllowedCPUs", "cpuset.mems": "AllowedMemoryNodes" };

/** A value that is not understood is left to the kernel to judge. */
export function unifiedProperties(unified: Readonly<Record<string, string>>): Property[] {
  return Object.entries(unified).flatMap(([file, text]) => {
    const value = text.trim();
    const single = value.replace(/^default /, "");
    if (file === "cpu.max") return cpuMax(value);
    if (file === "memory.oom.group") return value === "1" ? [property("OOMPolicy", "s", "kill")] : [];
    if (file === "cpu.idle") return value === "1" ? [number("CPUWeight", 0)] : [];
    const name = numbers[file];
    if (name !== undefined && single === "max") return [number(name, -1)];
    if (name !== undefined && /^\d+$/.test(single)) return [number(name, BigInt(single))];
    const mask = masks[file];
    return mask !== undefined && /^[\d,-]+$/.test(value) ? [property(mask, "ay", bitmask(value))] : [];
  });
}

function cpuMax(value: string): Property[] {
  const match = /^(max|\d+)(?: (\d+))?$/.exec(value);
  if (match === null) return [];
  const period = match[2] === undefined ? undefined : BigInt(match[2]);
  const quota = match[1] === "max" ? -1 : BigInt(match[1] ?? 0);
  return [
    ...(period === undefined ? [] : [number("CPUQuotaPeriodUSec", period)]),
    number("CPUQuotaPerSecUSec", quotaPerSecond(quota, period)),
  ];
}
