// SPDX-License-Identifier: Apache-2.0
/** Filters of system calls: libseccomp compiles them, seccomp(2) loads them. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  seccomp: { syscall: true, params: { operation: "uint", flags: "uint", args: "buffer?" }, returns: "int" },
  seccomp_init: { header: "seccomp.h", params: { default_action: "uint" }, returns: "handle" },
  seccomp_arch_native: { header: "seccomp.h", params: {}, returns: "raw" },
  seccomp_arch_resolve_name: { header: "seccomp.h", params: { name: "text" }, returns: "raw" },
  seccomp_arch_add: { header: "seccomp.h", params: { ctx: "handle", arch: "uint" }, returns: "negative_errno" },
  seccomp_syscall_resolve_name_arch: { header: "seccomp.h", params: { arch: "uint", name: "text" }, returns: "raw" },
  seccomp_rule_add_array: {
    header: "seccomp.h",
    params: { ctx: "handle", action: "uint", syscall: "int", count: "uint", conditions: "buffer?" },
    returns: "negative_errno",
  },
  seccomp_export_bpf_mem: {
    header: "seccomp.h",
    params: { ctx: "handle", program: "buffer?", length: "buffer" },
    returns: "negative_errno",
  },
} as const satisfies Functions;

export const structs = {
  scmp_arg_cmp: { header: "seccomp.h", c: "struct scmp_arg_cmp", fields: ["arg", "op", "datum_a", "datum_b"] },
  sock_fprog: { header: "linux/filter.h", c: "struct sock_fprog", fields: ["len", "filter"] },
} as const satisfies Structs;

export const constants = {
  "linux/seccomp.h": [
    "SECCOMP_SET_MODE_FILTER",
    "SECCOMP_GET_ACTION_AVAIL",
    "SECCOMP_RET_KILL_PROCESS",
    "SECCOMP_RET_KILL_THREAD",
    "SECCOMP_RET_TRAP",
    "SECCOMP_RET_ERRNO",
    "SECCOMP_RET_USER_NOTIF",
    "SECCOMP_RET_TRACE",
    "SECCOMP_RET_LOG",
    "SECCOMP_RET_ALLOW",
    "SECCOMP_RET_DATA",
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_NEW_LISTENER",
    "SECCOMP_FILTER_FLAG_TSYNC_ESRCH",
    ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 1 << 5],
  ],
  "seccomp.h": [
    "SCMP_VER_MAJOR",
    "SCMP_VER_MINOR",
    "SCMP_VER_MICRO",
    "SCMP_CMP_NE",
    "SCMP_CMP_LT",
    "SCMP_CMP_LE",
    "SCMP_CMP_EQ",
    "SCMP_CMP_GE",
    "SCMP_CMP_GT",
    "SCMP_CMP_MASKED_EQ",
    "__NR_SCMP_ERROR",
  ],
  "linux/bpf_common.h": [
    "BPF_LD",
    "BPF_W",
    "BPF_ABS",
    "BPF_JMP",
    "BPF_JA",
    "BPF_JEQ",
    "BPF_JGT",
    "BPF_JGE",
    "BPF_K",
    "BPF_RET",
    "BPF_MAXINSNS",
  ],
} as const satisfies Constants;
