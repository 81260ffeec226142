// SPDX-License-Identifier: Apache-2.0
/** CPU scheduling, I/O priority and NUMA memory policy of this process. */
import { IOPRIO_CLASS_SHIFT, IOPRIO_WHO_PROCESS } from "#gen/constants.ts";
import { sched_attr } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { pack } from "./struct.ts";

export {
  IOPRIO_CLASS_BE,
  IOPRIO_CLASS_IDLE,
  IOPRIO_CLASS_RT,
  MPOL_BIND,
  MPOL_DEFAULT,
  MPOL_F_NUMA_BALANCING,
  MPOL_F_RELATIVE_NODES,
  MPOL_F_STATIC_NODES,
  MPOL_INTERLEAVE,
  MPOL_LOCAL,
  MPOL_PREFERRED,
  MPOL_PREFERRED_MANY,
  SCHED_BATCH,
  SCHED_DEADLINE,
  SCHED_FIFO,
  SCHED_FLAG_DL_OVERRUN,
  SCHED_FLAG_KEEP_PARAMS,
  SCHED_FLAG_KEEP_POLICY,
  SCHED_FLAG_RECLAIM,
  SCHED_FLAG_RESET_ON_FORK,
  SCHED_FLAG_UTIL_CLAMP_MAX,
  SCHED_FLAG_UTIL_CLAMP_MIN,
  SCHED_IDLE,
  SCHED_NORMAL,
  SCHED_RR,
} from "#gen/constants.ts";

/** Reserved by the kernel for a policy that it does not have: it answers EINVAL. sched(7) */
export const SCHED_ISO = 4;

/** Newer than the headers of some distributions. Linux 6.9 */
export const MPOL_WEIGHTED_INTERLEAVE = 6;

export interface SchedulerAttributes {
  readonly policy: number;
  readonly flags: number;
  readonly nice: number;
  readonly priority: number;
  /** Nanoseconds, SCHED_DEADLINE alone. */
  readonly runtime: number | bigint;
  readonly deadline: number | bigint;
  readonly period: number | bigint;
}

/** Sets the scheduling of this thread. sched_setattr(2) */
export function setScheduler(attributes: SchedulerAttributes): void {
  const bytes = pack(sched_attr, {
    size: sched_attr.size,
    sched_policy: attributes.policy,
    sched_flags: attributes.flags,
    sched_nice: attributes.nice,
    sched_priority: attributes.priority,
    sched_runtime: attributes.runtime,
    sched_deadline: attributes.deadline,
    sched_period: attributes.period,
  });
  ffi.sched_setattr(0, bytes, 0);
}

/** Lets thread `pid` (0: this one) run on the CPUs of `mask`, bit N of byte N/8 for CPU N; any length. sched_setaffinity(2) */
export function setCpuAffinity(mask: Uint8Array, pid = 0): void {
  ffi.sched_setaffinity(pid, mask.length, mask);
}

/** Sets the I/O priority of this thread, which its children inherit. ioprio_set(2) */
export function setIoPriority(ioClass: number, level: number): void {
  ffi.ioprio_set(IOPRIO_WHO_PROCESS, 0, (ioClass << IOPRIO_CLASS_SHIFT) | level);
}

/** Sets the NUMA policy of this thread: a mode with its flags, and a bit mask of nodes. set_mempolicy(2) */
export function setMemoryPolicy(mode: number, nodes: Uint8Array): void {
  // The kernel reads one bit less than it is told.
  ffi.set_mempolicy(mode, nodes.length === 0 ? null : nodes, nodes.length === 0 ? 0 : nodes.length * 8 + 1);
}
