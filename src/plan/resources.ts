// SPDX-License-Identifier: Apache-2.0
/** `linux.resources` (all but devices): what contradicts itself, and what the host's cgroup version does not have. */
import type { BlockIo, Cpu, HugepageLimit, Memory, Rdma, Resources } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";
import { listProblem } from "./lists.ts";
import type { CgroupMode } from "./types.ts";

/** Checks every controller that is mentioned. Nothing is changed: the resources go to the cgroup room as they are. */
export function checkResources(resources: Resources, mode: CgroupMode, at: string, report: Report): void {
  if (resources.memory !== undefined) checkMemory(resources.memory, mode, `${at}.memory`, report);
  if (resources.cpu !== undefined) checkCpu(resources.cpu, mode, `${at}.cpu`, report);
  if (resources.blockIO !== undefined) checkBlockIo(resources.blockIO, mode, `${at}.blockIO`, report);
  if (resources.hugepageLimits !== undefined) checkHugepages(resources.hugepageLimits, `${at}.hugepageLimits`, report);
  if (resources.rdma !== undefined) checkRdma(resources.rdma, `${at}.rdma`, report);
  if (resources.unified !== undefined) checkUnified(resources.unified, mode, `${at}.unified`, report);
  if (mode === "v2") checkNetwork(resources, at, report);
}

/** Whether any limit is asked for; device rules, empty objects and the zeros that engines send for "not set" are none. */
export function hasLimits(resources: Resources): boolean {
  for (const [controller, settings] of Object.entries(resources)) {
    if (controller !== "devices" && asksForAnything(controller, settings)) return true;
  }
  return false;
}

function asksForAnything(controller: string, settings: unknown): boolean {
  if (typeof settings !== "object" || settings === null) return false;
  for (const value of Object.values(settings)) {
    const isZero = value === undefined || value === null || value === false || value === "" || value === 0;
    // No process at all is a limit (config-linux.md, "PIDs").
    if (!isZero || (controller === "pids" && value === 0)) return true;
  }
  return false;
}

function checkMemory(memory: Memory, mode: CgroupMode, at: string, report: Report): void {
  for (const field of ["limit", "reservation", "swap", "kernel", "kernelTCP"] as const) {
    const value = memory[field];
    if (value !== undefined && value < -1) report.refuse(`${at}.${field}`, `is ${value}, and must be -1 (unlimited) or more`);
  }
  const { limit = 0, swap = 0, reservation = 0 } = memory;
  if (swap > 0 && limit <= 0) {
    report.refuse(`${at}.swap`, `is ${swap}, and limits memory and swap together: it needs a limit of memory as well`);
  } else if (swap > 0 && swap < limit) {
    report.refuse(`${at}.swap`, `is ${swap}, and must not be below the limit of memory, which is ${limit}`);
  }
  if (limit > 0 && reservation > limit) {
    report.warn(`${at}.reservation`, `is ${reservation}, above the limit of ${limit}, and has no effect`);
  }
  const swappiness = memory.swappiness ?? 0;
  if (swappiness > 100) report.refuse(`${at}.swappiness`, `is ${swappiness}, and must be 0 to 100`);
  if ((memory.kernel ?? 0) > 0) report.warn(`${at}.kernel`, "is deprecated, and ignored: no kernel since 5.16 has this limit");
  if (memory.useHierarchy === false) report.warn(`${at}.useHierarchy`, "is false, and no kernel since 5.11 can do that");
  if (mode === "v2") checkMemoryV2(memory, at, report);
}

/** cgroup v2 has no file for these; what would be lost silently is refused (config-linux.md, "Unified"). */
function checkMemoryV2(memory: Memory, at: string, report: Report): void {
  if ((memory.kernelTCP ?? 0) > 0) report.warn(`${at}.kernelTCP`, "is deprecated, and ignored on cgroup v2");
  if (memory.swappiness !== undefined) report.refuse(`${at}.swappiness`, "is given, and cgroup v2 has no swappiness of a cgroup");
  if (memory.disableOOMKiller === true) {
    report.refuse(`${at}.disableOOMKiller`, "is true, and cgroup v2 cannot disable the OOM killer");
  }
}

function checkCpu(cpu: Cpu, mode: CgroupMode, at: string, report: Report): void {
  const { quota = 0, period = 0, burst = 0, idle = 0 } = cpu;
  // The kernel's min_cfs_quota_period and max_cfs_quota_period.
  if (period !== 0 && (period < 1000 || period > 1_000_000))
    report.refuse(`${at}.period`, `is ${period} µs, and must be 1000 to 1000000`);
  if (quota < -1 || (quota > 0 && quota < 1000))
    report.refuse(`${at}.quota`, `is ${quota} µs, and must be 1000 or more, or -1 for no limit`);
  if (quota > 0 && burst > quota) report.refuse(`${at}.burst`, `is ${burst} µs, and must not be above the quota of ${quota} µs`);
  if (idle !== 0 && idle !== 1) report.refuse(`${at}.idle`, `is ${idle}, and must be 0 or 1`);
  for (const field of ["cpus", "mems"] as const) {
    const list = cpu[field];
    const problem = list === undefined || list === "" ? undefined : listProblem(list);
    if (problem !== undefined) report.refuse(`${at}.${field}`, `is ${quote(list ?? "")}, and ${problem}`);
  }
  if (mode !== "v2") return;
  for (const field of ["realtimeRuntime", "realtimePeriod"] as const) {
    if ((cpu[field] ?? 0) !== 0) report.refuse(`${at}.${field}`, "is given, and cgroup v2 has no real-time budget of a cgroup");
  }
}

function checkBlockIo(blockIo: BlockIo, mode: CgroupMode, at: string, report: Report): void {
  checkWeight(blockIo.weight, `${at}.weight`, report);
  checkLeafWeight(blockIo.leafWeight, mode, `${at}.leafWeight`, report);
  const devices = blockIo.weightDevice ?? [];
  for (let index = 0; index < devices.length; index++) {
    const device = devices[index];
    if (device === undefined) continue;
    if (device.weight === undefined && device.leafWeight === undefined) {
      report.refuse(`${at}.weightDevice[${index}]`, "has neither weight nor leafWeight, and needs at least one");
    }
    checkWeight(device.weight, `${at}.weightDevice[${index}].weight`, report);
    checkLeafWeight(device.leafWeight, mode, `${at}.weightDevice[${index}].leafWeight`, report);
  }
}

/** 0 is the engines' "not set". */
function checkWeight(weight: number | undefined, at: string, report: Report): void {
  if (weight !== undefined && weight !== 0 && (weight < 10 || weight > 1000))
    report.refuse(at, `is ${weight}, and must be 10 to 1000`);
}

function checkLeafWeight(weight: number | undefined, mode: CgroupMode, at: string, report: Report): void {
  checkWeight(weight, at, report);
  if (mode === "v2" && (weight ?? 0) !== 0) report.refuse(at, "is given, and cgroup v2 has no leaf weights");
}

function checkHugepages(limits: readonly HugepageLimit[], at: string, report: Report): void {
  const seen = new Set<string>();
  for (let index = 0; index < limits.length; index++) {
    const size = limits[index]?.pageSize ?? "";
    if (!/^[1-9][0-9]*[KMG]B$/.test(size))
      report.refuse(`${at}[${index}].pageSize`, `is ${quote(size)}, and must be like "64KB", "2MB" or "1GB"`);
    else if (seen.has(size))
      report.refuse(`${at}[${index}].pageSize`, `is "${size}" for the second time, and each size may be listed once`);
    seen.add(size);
  }
}

function checkRdma(rdma: Readonly<Record<string, Rdma>>, at: string, report: Report): void {
  for (const [device, limits] of Object.entries(rdma)) {
    if (limits.hcaHandles === undefined && limits.hcaObjects === undefined) {
      report.refuse(`${at}[${quote(device)}]`, "has neither hcaHandles nor hcaObjects, and needs at least one");
    }
    if (device === "" || device.includes(" ") || device.includes("\n")) {
      report.refuse(`${at}[${quote(device)}]`, `is named ${quote(device)}, and must be the name of an RDMA device`);
    }
  }
}

function checkUnified(unified: Readonly<Record<string, string>>, mode: CgroupMode, at: string, report: Report): void {
  const keys = Object.keys(unified);
  if (keys.length > 0 && mode !== "v2") {
    report.refuse(
      at,
      `is given, and this host has cgroup ${mode === "v1" ? "v1" : "v1 and v2 (hybrid)"}; its files are of cgroup v2`,
    );
    return;
  }
  for (const key of keys) {
    if (key === "" || key === "." || key === ".." || key.includes("/") || key.includes("\0")) {
      report.refuse(`${at}[${quote(key)}]`, "must be the name of a file in the cgroup, without a path");
    } else if (!key.includes(".")) {
      report.refuse(`${at}[${quote(key)}]`, 'must name a controller and a setting, like "memory.high"');
    }
  }
}

/** net_cls and net_prio have no successor in cgroup v2. */
function checkNetwork(resources: Resources, at: string, report: Report): void {
  const network = resources.network;
  if ((network?.classID ?? 0) !== 0) report.refuse(`${at}.network.classID`, "is given, and cgroup v2 has no net_cls controller");
  if ((network?.priorities?.length ?? 0) > 0)
    report.refuse(`${at}.network.priorities`, "is given, and cgroup v2 has no net_prio controller");
}
