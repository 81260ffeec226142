// SPDX-License-Identifier: Apache-2.0
/** Limits as properties of a systemd unit. Pure. systemd.resource-control(5), org.freedesktop.systemd1(5) */
import type { Cpu, Memory, Resources } from "../../spec/types.ts";
import { isSet } from "../settings.ts";
import { weightOfShares } from "../v2/cpu.ts";
import { ioWeight } from "../v2/io.ts";
import { swapLimit } from "../v2/memory.ts";
import { bitmask, number, property, type Property, quotaPerSecond } from "./property.ts";
import { unifiedProperties } from "./unified.ts";

/**
 * What systemd should know of the limits, or it would take them back at its next reload. What it has no property for is written to
 * the cgroup's files alone.
 */
export function resourceProperties(resources: Resources, v2: boolean): Property[] {
  const { cpu, memory, pids, blockIO, unified } = resources;
  const properties: Property[] = [];
  if (cpu !== undefined) properties.push(...cpuProperties(cpu, v2));
  if (memory !== undefined) properties.push(...(v2 ? memoryProperties(memory) : memoryV1(memory)));
  // systemd takes no 0; the file gets the real limit.
  if (pids?.limit !== undefined) properties.push(number("TasksMax", Number(pids.limit) === 0 ? 1 : pids.limit));
  if (isSet(blockIO?.weight)) {
    properties.push(v2 ? number("IOWeight", ioWeight(blockIO.weight)) : number("BlockIOWeight", blockIO.weight));
  }
  if (unified !== undefined) properties.push(...unifiedProperties(unified));
  return properties;
}

function cpuProperties(cpu: Cpu, v2: boolean): Property[] {
  const properties: Property[] = [];
  const { shares, quota, period, idle, cpus = "", mems = "" } = cpu;
  if (v2 && idle !== undefined && Number(idle) === 1) properties.push(number("CPUWeight", 0));
  else if (isSet(shares)) properties.push(v2 ? number("CPUWeight", weightOfShares(shares)) : number("CPUShares", shares));
  if (isSet(period)) properties.push(number("CPUQuotaPeriodUSec", period));
  if (isSet(quota) || isSet(period)) properties.push(number("CPUQuotaPerSecUSec", quotaPerSecond(quota, period)));
  if (v2 && cpus !== "") properties.push(property("AllowedCPUs", "ay", bitmask(cpus)));
  if (v2 && mems !== "") properties.push(property("AllowedMemoryNodes", "ay", bitmask(mems)));
  return properties;
}

function memoryProperties(memory: Memory): Property[] {
  const swap = swapLimit(memory);
  return [
    ...(isSet(memory.limit) ? [number("MemoryMax", memory.limit)] : []),
    ...(isSet(memory.reservation) ? [number("MemoryLow", memory.reservation)] : []),
    ...(swap === undefined ? [] : [number("MemorySwapMax", swap)]),
  ];
}

function memoryV1(memory: Memory): Property[] {
  return isSet(memory.limit) ? [number("MemoryLimit", memory.limit)] : [];
}
