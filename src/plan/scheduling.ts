// SPDX-License-Identifier: Apache-2.0
/** How the kernel runs the process: scheduler, I/O priority, memory policy, personality, CPU affinity. */
import type { ExecCpuAffinity, IoPriority, MemoryPolicy, Personality, Scheduler } from "../spec/types.ts";
import { oneOf, quote, type Report } from "./errors.ts";
import { listProblem } from "./lists.ts";
import type { ProcessPlan } from "./types.ts";

/** sched(7). SCHED_ISO is in the spec's list, and no Linux kernel has it. */
export const schedulerPolicies = [
  "SCHED_OTHER",
  "SCHED_FIFO",
  "SCHED_RR",
  "SCHED_BATCH",
  "SCHED_IDLE",
  "SCHED_DEADLINE",
] as const;

/** sched_setattr(2). */
export const schedulerFlags = [
  "SCHED_FLAG_RESET_ON_FORK",
  "SCHED_FLAG_RECLAIM",
  "SCHED_FLAG_DL_OVERRUN",
  "SCHED_FLAG_KEEP_POLICY",
  "SCHED_FLAG_KEEP_PARAMS",
  "SCHED_FLAG_UTIL_CLAMP_MIN",
  "SCHED_FLAG_UTIL_CLAMP_MAX",
] as const;

/** ioprio_set(2). */
export const ioPriorityClasses = ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"] as const;

/** set_mempolicy(2): each mode, and whether it wants nodes. */
export const memoryPolicyModes = {
  MPOL_DEFAULT: "never",
  MPOL_BIND: "always",
  MPOL_INTERLEAVE: "always",
  MPOL_WEIGHTED_INTERLEAVE: "always",
  MPOL_PREFERRED: "optional",
  MPOL_PREFERRED_MANY: "always",
  MPOL_LOCAL: "never",
} as const;

/** set_mempolicy(2). */
export const memoryPolicyFlags = ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"] as const;

/** personality(2); the spec allows these two and, so far, no flags. */
export const personalityDomains = ["LINUX", "LINUX32"] as const;

const includes = (list: readonly string[], value: string): boolean => list.includes(value);

/** Refuses what sched_setattr(2) would refuse without saying why. */
export function planScheduler(scheduler: Scheduler | undefined, at: string, report: Report): Scheduler | undefined {
  if (scheduler === undefined) return undefined;
  const policy = scheduler.policy as string;
  if (!includes(schedulerPolicies, policy)) {
    const why = policy === "SCHED_ISO" ? "which no Linux kernel has; it" : "and";
    report.refuse(`${at}.policy`, `is ${quote(policy)}, ${why} must be ${oneOf(schedulerPolicies)}`);
    return scheduler;
  }
  const flags = scheduler.flags ?? [];
  for (let index = 0; index < flags.length; index++) {
    const flag = flags[index] ?? "";
    if (!includes(schedulerFlags, flag))
      report.refuse(`${at}.flags[${index}]`, `is ${quote(flag)}, and must be ${oneOf(schedulerFlags)}`);
  }
  checkPriority(scheduler, policy, at, report);
  checkNice(scheduler.nice ?? 0, policy, at, report);
  checkDeadline(scheduler, policy, at, report);
  return scheduler;
}

function checkPriority(scheduler: Scheduler, policy: string, at: string, report: Report): void {
  const priority = scheduler.priority ?? 0;
  if (policy === "SCHED_FIFO" || policy === "SCHED_RR") {
    if (priority < 1 || priority > 99) report.refuse(`${at}.priority`, `is ${priority}, and must be 1 to 99 for ${policy}`);
  } else if (priority !== 0) {
    report.refuse(`${at}.priority`, `is ${priority}, and only SCHED_FIFO and SCHED_RR have a priority, not ${policy}`);
  }
}

function checkNice(nice: number, policy: string, at: string, report: Report): void {
  if (nice < -20 || nice > 19) report.refuse(`${at}.nice`, `is ${nice}, and must be -20 to 19`);
  else if (nice !== 0 && policy !== "SCHED_OTHER" && policy !== "SCHED_BATCH") {
    report.warn(`${at}.nice`, `is ${nice}, and means nothing to ${policy}`);
  }
}

function checkDeadline(scheduler: Scheduler, policy: string, at: string, report: Report): void {
  const { runtime = 0, deadline = 0, period = 0 } = scheduler;
  if (policy !== "SCHED_DEADLINE") {
    for (const [field, value] of Object.entries({ runtime, deadline, period })) {
      if (value !== 0) report.refuse(`${at}.${field}`, `is ${value}, and only SCHED_DEADLINE has one, not ${policy}`);
    }
    return;
  }
  // The kernel's lower bound: one unit of its fixed-point arithmetic.
  if (runtime < 1024) report.refuse(`${at}.runtime`, `is ${runtime} ns, and must be 1024 ns or more for SCHED_DEADLINE`);
  if (deadline < runtime)
    report.refuse(`${at}.deadline`, `is ${deadline} ns, and must not be below the runtime of ${runtime} ns`);
  if (period !== 0 && period < deadline) {
    report.refuse(`${at}.period`, `is ${period} ns, and must be 0 or not below the deadline of ${deadline} ns`);
  }
}

export function planIoPriority(priority: IoPriority | undefined, at: string, report: Report): IoPriority | undefined {
  if (priority === undefined) return undefined;
  if (!includes(ioPriorityClasses, priority.class)) {
    report.refuse(`${at}.class`, `is ${quote(priority.class)}, and must be ${oneOf(ioPriorityClasses)}`);
  }
  const level = priority.priority;
  if (!Number.isInteger(level) || level < 0 || level > 7)
    report.refuse(`${at}.priority`, `is ${level}, and must be 0 (highest) to 7 (lowest)`);
  return priority;
}

/** Refuses what set_mempolicy(2) would refuse: a mode without the nodes it needs, flags that exclude each other. */
export function planMemoryPolicy(policy: MemoryPolicy | undefined, report: Report): MemoryPolicy | undefined {
  if (policy === undefined) return undefined;
  const at = "linux.memoryPolicy";
  const wants = (memoryPolicyModes as Readonly<Record<string, string>>)[policy.mode];
  if (wants === undefined) {
    report.refuse(`${at}.mode`, `is ${quote(policy.mode)}, and must be ${oneOf(Object.keys(memoryPolicyModes))}`);
    return policy;
  }
  const nodes = policy.nodes ?? "";
  if (nodes === "" && wants === "always") report.refuse(`${at}.nodes`, `is missing, and ${policy.mode} needs memory nodes`);
  if (nodes !== "" && wants === "never")
    report.refuse(`${at}.nodes`, `is ${quote(nodes)}, and ${policy.mode} takes no memory nodes`);
  const problem = nodes === "" ? undefined : listProblem(nodes);
  if (problem !== undefined) report.refuse(`${at}.nodes`, `is ${quote(nodes)}, and ${problem}`);
  checkPolicyFlags(policy, wants, report);
  return policy;
}

function checkPolicyFlags(policy: MemoryPolicy, wants: string, report: Report): void {
  const at = "linux.memoryPolicy.flags";
  const flags: readonly string[] = policy.flags ?? [];
  for (const flag of flags) {
    if (!includes(memoryPolicyFlags, flag)) report.refuse(at, `has ${quote(flag)}, and may have ${oneOf(memoryPolicyFlags)}`);
    else if (wants === "never") report.refuse(at, `has "${flag}", and ${policy.mode} takes no flags`);
  }
  if (flags.includes("MPOL_F_STATIC_NODES") && flags.includes("MPOL_F_RELATIVE_NODES")) {
    report.refuse(at, 'has "MPOL_F_STATIC_NODES" and "MPOL_F_RELATIVE_NODES", which exclude each other');
  }
  const balancing = policy.mode === "MPOL_BIND" || policy.mode === "MPOL_PREFERRED_MANY";
  if (flags.includes("MPOL_F_NUMA_BALANCING") && wants !== "never" && !balancing) {
    report.refuse(at, `has "MPOL_F_NUMA_BALANCING", which is for MPOL_BIND and MPOL_PREFERRED_MANY, not ${policy.mode}`);
  }
}

export function planPersonality(personality: Personality | undefined, report: Report): ProcessPlan["personality"] {
  if (personality === undefined) return undefined;
  const domain = personality.domain as string;
  if (!includes(personalityDomains, domain)) {
    report.refuse("linux.personality.domain", `is ${quote(domain)}, and must be ${oneOf(personalityDomains)}`);
  }
  const flags: readonly string[] = personality.flags ?? [];
  if (flags.length > 0)
    report.refuse("linux.personality.flags", `has ${flags.map(quote).join(", ")}, and the spec has no flags so far`);
  return { domain, flags };
}

/** `execCPUAffinity`, for exec alone. */
export function planCpuAffinity(affinity: ExecCpuAffinity | undefined, at: string, report: Report): ProcessPlan["cpuAffinity"] {
  if (affinity === undefined) return undefined;
  for (const field of ["initial", "final"] as const) {
    const list = affinity[field];
    const problem = list === undefined || list === "" ? undefined : listProblem(list);
    if (problem !== undefined) report.refuse(`${at}.${field}`, `is ${quote(list ?? "")}, and ${problem}`);
  }
  return { initial: affinity.initial || undefined, final: affinity.final || undefined };
}
