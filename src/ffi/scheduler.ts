// SPDX-License-Identifier: Apache-2.0
/** CPU scheduling, I/O priority and NUMA memory policy. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  sched_setattr: { syscall: true, params: { pid: "pid", attr: "buffer", flags: "uint" }, returns: "status" },
  sched_setaffinity: { syscall: true, params: { pid: "pid", size: "size", mask: "buffer" }, returns: "status" },
  sched_getaffinity: { syscall: true, params: { pid: "pid", size: "size", mask: "buffer" }, returns: "int" },
  ioprio_set: { syscall: true, params: { which: "int", who: "int", priority: "int" }, returns: "status" },
  set_mempolicy: { syscall: true, params: { mode: "int", nodemask: "buffer?", maxnode: "ulong" }, returns: "status" },
} as const satisfies Functions;

export const structs = {
  sched_attr: {
    header: "linux/sched/types.h",
    c: "struct sched_attr",
    fields: [
      "size",
      "sched_policy",
      "sched_flags",
      "sched_nice",
      "sched_priority",
      "sched_runtime",
      "sched_deadline",
      "sched_period",
    ],
  },
} as const satisfies Structs;

export const constants = {
  "linux/sched.h": [
    "SCHED_NORMAL",
    "SCHED_FIFO",
    "SCHED_RR",
    "SCHED_BATCH",
    "SCHED_IDLE",
    "SCHED_DEADLINE",
    "SCHED_FLAG_RESET_ON_FORK",
    "SCHED_FLAG_RECLAIM",
    "SCHED_FLAG_DL_OVERRUN",
    "SCHED_FLAG_KEEP_POLICY",
    "SCHED_FLAG_KEEP_PARAMS",
    "SCHED_FLAG_UTIL_CLAMP_MIN",
    "SCHED_FLAG_UTIL_CLAMP_MAX",
  ],
  "linux/ioprio.h": ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE", "IOPRIO_CLASS_SHIFT", "IOPRIO_WHO_PROCESS"],
  "linux/mempolicy.h": [
    "MPOL_DEFAULT",
    "MPOL_PREFERRED",
    "MPOL_BIND",
    "MPOL_INTERLEAVE",
    "MPOL_LOCAL",
    "MPOL_PREFERRED_MANY",
    "MPOL_F_STATIC_NODES",
    "MPOL_F_RELATIVE_NODES",
    "MPOL_F_NUMA_BALANCING",
  ],
} as const satisfies Constants;
