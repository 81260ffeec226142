// SPDX-License-Identifier: Apache-2.0
/** The flags of `update` as resources. */
import type { BlockIo, Cpu, IntelRdt, Memory, Pids, Resources } from "../spec/types.ts";
import { quote, Report } from "./errors.ts";
import { planIntelRdt } from "./intel-rdt.ts";
import { parseBytes, parseInteger, type Quantity } from "./quantities.ts";

type MemoryField = "limit" | "reservation" | "swap" | "kernel" | "kernelTCP";
type CpuNumber = "shares" | "quota" | "burst" | "period" | "realtimeRuntime" | "realtimePeriod" | "idle";

/** Each flag with the member of linux.resources that it sets, and how its text is read. */
export const updateFlags = {
  memory: { memory: "limit", reads: "bytes" },
  "memory-reservation": { memory: "reservation", reads: "bytes" },
  "memory-swap": { memory: "swap", reads: "bytes" },
  "kernel-memory": { memory: "kernel", reads: "bytes" },
  "kernel-memory-tcp": { memory: "kernelTCP", reads: "bytes" },
  "cpu-share": { cpu: "shares", reads: "natural" },
  "cpu-quota": { cpu: "quota", reads: "integer" },
  "cpu-burst": { cpu: "burst", reads: "natural" },
  "cpu-period": { cpu: "period", reads: "natural" },
  "cpu-rt-runtime": { cpu: "realtimeRuntime", reads: "integer" },
  "cpu-rt-period": { cpu: "realtimePeriod", reads: "natural" },
  "cpu-idle": { cpu: "idle", reads: "natural" },
  "cpuset-cpus": { cpu: "cpus", reads: "text" },
  "cpuset-mems": { cpu: "mems", reads: "text" },
  "blkio-weight": { blockIO: "weight", reads: "natural" },
  "pids-limit": { pids: "limit", reads: "integer" },
  "l3-cache-schema": { intelRdt: "l3CacheSchema", reads: "text" },
  "mem-bw-schema": { intelRdt: "memBwSchema", reads: "text" },
} as const;

export type UpdateFlag = keyof typeof updateFlags;
export type UpdateFlagValues = Readonly<Partial<Record<UpdateFlag, string | undefined>>>;

/** What a call of `update` asks for. */
export interface UpdateRequest {
  readonly resources: Resources;
  readonly intelRdt: IntelRdt | undefined;
}

/** Reads the flags that were given. Throws PlanError with every one that cannot be read. */
export function readUpdateFlags(values: UpdateFlagValues): UpdateRequest {
  const report = new Report();
  const memory: { -readonly [K in MemoryField]?: Quantity } = {};
  const cpu: { -readonly [K in CpuNumber]?: Quantity } & { cpus?: string; mems?: string } = {};
  const blockIO: { weight?: number } = {};
  const pids: { limit?: Quantity } = {};
  const intelRdt: { l3CacheSchema?: string; memBwSchema?: string } = {};
  const parts: Readonly<Record<string, Record<string, unknown>>> = { memory, cpu, blockIO, pids, intelRdt };
  for (const [flag, rule] of Object.entries(updateFlags)) {
    const text = values[flag as UpdateFlag];
    if (text === undefined) continue;
    const { reads, ...member } = rule;
    const [part = "", field = ""] = Object.entries(member)[0] ?? [];
    const target = parts[part];
    if (target !== undefined) target[field] = readValue(`--${flag}`, text, reads, report);
  }
  if (Object.keys(intelRdt).length > 0) planIntelRdt(intelRdt, report);
  report.throwIfRefused();
  return { resources: withoutEmpty({ memory, cpu, blockIO, pids }), intelRdt: nonEmpty(intelRdt) };
}

function readValue(
  flag: string,
  text: string,
  reads: "bytes" | "natural" | "integer" | "text",
  report: Report,
): Quantity | string | undefined {
  if (reads === "text") return text;
  const value = reads === "bytes" ? parseBytes(text) : parseInteger(text);
  if (value !== undefined && !(reads === "natural" && value < 0)) return value;
  const expected = { bytes: 'a number of bytes like "512m", or "-1"', natural: "a number, 0 or more", integer: "a whole number" }[
    reads
  ];
  report.refuse(flag, `is ${quote(text)}, and must be ${expected}`);
  return undefined;
}

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

function withoutEmpty(parts: { memory: Memory; cpu: Cpu; blockIO: BlockIo; pids: Pids }): Resources {
  const resources: Record<string, object> = {};
  for (const [name, part] of Object.entries(parts)) if (nonEmpty(part) !== undefined) resources[name] = part;
  return resources;
}
