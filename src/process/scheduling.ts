// SPDX-License-Identifier: Apache-2.0
/** CPU scheduling, I/O priority, CPU affinity and memory policy. config.md, "scheduler" to "execCPUAffinity" */
import { isErrno, within } from "../linux/errors.ts";
import * as kernel from "../linux/scheduler.ts";
import type { IoPriority, MemoryPolicy, Scheduler } from "../spec/types.ts";
import { numberListMask } from "./number-list.ts";

const POLICIES: Readonly<Record<string, number>> = {
  SCHED_OTHER: kernel.SCHED_NORMAL,
  SCHED_FIFO: kernel.SCHED_FIFO,
  SCHED_RR: kernel.SCHED_RR,
  SCHED_BATCH: kernel.SCHED_BATCH,
  SCHED_ISO: kernel.SCHED_ISO,
  SCHED_IDLE: kernel.SCHED_IDLE,
  SCHED_DEADLINE: kernel.SCHED_DEADLINE,
};

const SCHEDULER_FLAGS: Readonly<Record<string, number>> = {
  SCHED_FLAG_RESET_ON_FORK: kernel.SCHED_FLAG_RESET_ON_FORK,
  SCHED_FLAG_RECLAIM: kernel.SCHED_FLAG_RECLAIM,
  SCHED_FLAG_DL_OVERRUN: kernel.SCHED_FLAG_DL_OVERRUN,
  SCHED_FLAG_KEEP_POLICY: kernel.SCHED_FLAG_KEEP_POLICY,
  SCHED_FLAG_KEEP_PARAMS: kernel.SCHED_FLAG_KEEP_PARAMS,
  SCHED_FLAG_UTIL_CLAMP_MIN: kernel.SCHED_FLAG_UTIL_CLAMP_MIN,
  SCHED_FLAG_UTIL_CLAMP_MAX: kernel.SCHED_FLAG_UTIL_CLAMP_MAX,
};

const IO_CLASSES: Readonly<Record<string, number>> = {
  IOPRIO_CLASS_RT: kernel.IOPRIO_CLASS_RT,
  IOPRIO_CLASS_BE: kernel.IOPRIO_CLASS_BE,
  IOPRIO_CLASS_IDLE: kernel.IOPRIO_CLASS_IDLE,
};

const MEMORY_MODES: Readonly<Record<string, number>> = {
  MPOL_DEFAULT: kernel.MPOL_DEFAULT,
  MPOL_BIND: kernel.MPOL_BIND,
  MPOL_INTERLEAVE: kernel.MPOL_INTERLEAVE,
  MPOL_WEIGHTED_INTERLEAVE: kernel.MPOL_WEIGHTED_INTERLEAVE,
  MPOL_PREFERRED: kernel.MPOL_PREFERRED,
  MPOL_PREFERRED_MANY: kernel.MPOL_PREFERRED_MANY,
  MPOL_LOCAL: kernel.MPOL_LOCAL,
};

const MEMORY_FLAGS: Readonly<Record<string, number>> = {
  MPOL_F_NUMA_BALANCING: kernel.MPOL_F_NUMA_BALANCING,
  MPOL_F_RELATIVE_NODES: kernel.MPOL_F_RELATIVE_NODES,
  MPOL_F_STATIC_NODES: kernel.MPOL_F_STATIC_NODES,
};

function valueOf(table: Readonly<Record<string, number>>, name: string, what: string): number {
  const value = table[name];
  if (value === undefined) throw new Error(`unknown ${what} ${JSON.stringify(name)}, known are ${Object.keys(table).join(", ")}`);
  return value;
}

function flagsOf(table: Readonly<Record<string, number>>, names: readonly string[] | undefined, what: string): number {
  return (names ?? []).reduce((flags, name) => flags | valueOf(table, name, what), 0);
}

/** In init, while it is in its cgroup and still has CAP_SYS_NICE. sched_setattr(2) */
export function applyScheduler(scheduler: Scheduler): void {
  const refused = "a real-time policy, a negative nice value or SCHED_DEADLINE needs CAP_SYS_NICE";
  within(
    `set scheduler policy ${scheduler.policy}`,
    () =>
      kernel.setScheduler({
        policy: valueOf(POLICIES, scheduler.policy, "scheduler policy"),
        flags: flagsOf(SCHEDULER_FLAGS, scheduler.flags, "scheduler flag"),
        nice: scheduler.nice ?? 0,
        priority: scheduler.priority ?? 0,
        runtime: scheduler.runtime ?? 0,
        deadline: scheduler.deadline ?? 0,
        period: scheduler.period ?? 0,
      }),
    {
      EPERM: refused,
      EBUSY: "the CPUs have no such bandwidth left, or the cgroup allows no real-time processes",
      EINVAL: "this kernel lacks a flag, or the period is beyond /proc/sys/kernel/sched_deadline_period_{min,max}_us",
    },
  );
}

/** In init, before capabilities are dropped. ioprio_set(2) */
export function applyIoPriority(priority: IoPriority): void {
  within(
    `set I/O priority ${priority.class}:${priority.priority}`,
    () => kernel.setIoPriority(valueOf(IO_CLASSES, priority.class, "I/O priority class"), priority.priority),
    { EPERM: "IOPRIO_CLASS_RT needs CAP_SYS_NICE in the initial user namespace" },
  );
}

/** In init, when it is in its cgroup (cpuset decides which nodes there are). set_mempolicy(2) */
export function applyMemoryPolicy(policy: MemoryPolicy): void {
  const { nodes = "" } = policy;
  within(
    `set memory policy ${policy.mode}${nodes === "" ? "" : ` of nodes ${JSON.stringify(nodes)}`}`,
    () => {
      const mode = valueOf(MEMORY_MODES, policy.mode, "memory policy mode");
      const flags = flagsOf(MEMORY_FLAGS, policy.flags, "memory policy flag");
      kernel.setMemoryPolicy(mode | flags, numberListMask(nodes));
    },
    { EINVAL: "memory nodes of this machine are in /sys/devices/system/node/online, those of the container in its cpuset" },
  );
}

/**
 * exec: `initial` in the runtime, whose clone has it and may be born in the container's cgroup; `final` in the process when it is
 * there. sched_setaffinity(2)
 */
export function applyCpuAffinity(cpus: string): void {
  within(
    `set CPU affinity to ${JSON.stringify(cpus)}`,
    () => {
      const mask = numberListMask(cpus);
      if (mask.length > 0) kernel.setCpuAffinity(mask);
    },
    { EINVAL: "CPUs of this machine are in /sys/devices/system/cpu/online, those of the container in its cpuset" },
  );
}

const everyCpu = new Uint8Array(1024).fill(0xff);

/**
 * Of a process that is in its cgroup, 0 for this one: forgets an affinity that the caller had, as far as the cpuset goes. Since Linux
 * 6.2 the kernel remembers it across cgroups, and a container would never leave the processors that its engine's service was given.
 */
export function resetCpuAffinity(pid = 0): void {
  try {
    kernel.setCpuAffinity(everyCpu, pid);
  } catch (error) {
    // No CPU of the cpuset is online at this moment; or the process has died, and it is for others to tell why.
    if (!isErrno(error, "EINVAL", "ESRCH")) throw error;
  }
}
