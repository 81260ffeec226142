// SPDX-License-Identifier: Apache-2.0
/** `update`: what to write to the cgroup of a running container, and what its limits are from then on. */
import type { BlockIo, Cpu, HugepageLimit, Memory, Resources } from "../spec/types.ts";
import { Report } from "./errors.ts";
import { checkResources } from "./resources.ts";
import type { CgroupMode } from "./types.ts";

export interface UpdatePlan {
  /** What is to be written now: the change, and what the kernel wants written together with it. Never device rules. */
  readonly apply: Resources;
  /** The container's limits afterwards, to start from at the next update. */
  readonly merged: Resources;
  readonly warnings: readonly string[];
}

/**
 * Merges a change into the limits of a container. A 0 means "not given" where 0 is no limit (engines send whole structures); it
 * counts for pids, burst, idle and swappiness. Throws PlanError if the result contradicts itself.
 */
export function planUpdate(current: Resources, change: Resources, mode: CgroupMode): UpdatePlan {
  const report = new Report();
  const memory = planMemory(current.memory, keepCheck(current.memory, dropZeros(change.memory, memoryZeros)), mode, report);
  const cpu = planCpu(current.cpu, dropZeros(change.cpu, cpuZeros));
  const apply: Resources = compact({
    memory,
    cpu,
    blockIO: dropZeros(change.blockIO, blockIoZeros) as BlockIo | undefined,
    pids: change.pids,
    hugepageLimits: change.hugepageLimits,
    network: change.network,
    rdma: change.rdma,
    unified: change.unified,
  });
  checkResources(apply, mode, "resources", report);
  report.throwIfRefused();
  return { apply, merged: merge(current, apply), warnings: report.warnings };
}

const memoryZeros: ReadonlySet<string> = new Set(["limit", "reservation", "swap", "kernel", "kernelTCP"]);
const cpuZeros: ReadonlySet<string> = new Set(["shares", "quota", "period", "realtimeRuntime", "realtimePeriod"]);
const blockIoZeros: ReadonlySet<string> = new Set(["weight", "leafWeight"]);

/** Without what is undefined, an empty text, or a 0 that means nothing; undefined if nothing is left. */
function dropZeros<T extends object>(part: T | undefined, zeros: ReadonlySet<string>): Partial<T> | undefined {
  if (part === undefined) return undefined;
  const entries = Object.entries(part).filter(
    ([key, value]) => value !== undefined && value !== null && value !== "" && !(zeros.has(key) && value === 0),
  );
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Partial<T>);
}

/** What the config says of a check before an update is of every update. */
function keepCheck(current: Memory | undefined, change: Partial<Memory> | undefined): Partial<Memory> | undefined {
  if (change === undefined || current?.checkBeforeUpdate !== true) return change;
  return { checkBeforeUpdate: true, ...change };
}

/**
 * Memory and swap are limited together: no limit of memory lifts the one of swap, and a lone limit of swap is written together with
 * the limit of memory in force. A lone limit of memory leaves that of swap; cgroup v1 wants it not to be above.
 */
function planMemory(
  current: Memory | undefined,
  change: Partial<Memory> | undefined,
  mode: CgroupMode,
  report: Report,
): Memory | undefined {
  if (change === undefined) return undefined;
  const { limit, swap } = change;
  if (swap !== undefined) return limit === undefined ? { ...change, ...given("limit", current?.limit) } : change;
  if (limit === -1) return { ...change, swap: -1 };
  const held = current?.swap ?? 0;
  if (mode !== "v2" && limit !== undefined && held > 0 && limit > held) {
    const message = `is ${limit}, and must not be above the limit of memory and swap, which is ${held}`;
    report.refuse("resources.memory.limit", message, "give a limit of swap too (--memory-swap)");
  }
  return change;
}

/**
 * Quota and period are one setting to the kernel: whichever is not given stays as it is. So does the quota for a new burst. A cgroup
 * that is idle no more begins with the default weight.
 */
function planCpu(current: Cpu | undefined, asked: Partial<Cpu> | undefined): Cpu | undefined {
  if (asked === undefined) return undefined;
  const change = Number(asked.idle) === 0 ? { ...given("shares", current?.shares), ...asked } : asked;
  const bandwidth = change.quota !== undefined || change.period !== undefined || change.burst !== undefined;
  if (!bandwidth) return change;
  return {
    ...(change.quota === undefined ? given("quota", current?.quota) : {}),
    ...(change.period === undefined ? given("period", current?.period) : {}),
    ...change,
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined || value === 0 ? {} : ({ [key]: value } as { [P in K]?: V });
}

function compact(resources: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([, part]) => part !== undefined)) as Resources;
}

/** Controller by controller; maps by key, huge pages by size. Device rules stay. */
function merge(current: Resources, change: Resources): Resources {
  const merged: Record<string, unknown> = { ...current };
  for (const [name, part] of Object.entries(change)) {
    merged[name] = Array.isArray(part)
      ? mergeHugepages(current.hugepageLimits ?? [], part as HugepageLimit[])
      : { ...(current[name as keyof Resources] as object | undefined), ...(part as object) };
  }
  return merged as Resources;
}

function mergeHugepages(current: readonly HugepageLimit[], change: readonly HugepageLimit[]): HugepageLimit[] {
  const bySize = new Map<string, HugepageLimit>();
  for (const limit of [...current, ...change]) bySize.set(limit.pageSize, limit);
  return [...bySize.values()];
}
