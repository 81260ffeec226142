// SPDX-License-Identifier: Apache-2.0
/** eBPF programs on cgroups, and descriptors that tell of events. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  bpf: { syscall: true, params: { cmd: "int", attr: "buffer", size: "uint" }, returns: "int" },
  inotify_init1: { header: "sys/inotify.h", params: { flags: "int" }, returns: "fd" },
  inotify_add_watch: { header: "sys/inotify.h", params: { fd: "fd", path: "path", mask: "uint" }, returns: "int" },
  eventfd: { header: "sys/eventfd.h", params: { initval: "uint", flags: "int" }, returns: "fd" },
} as const satisfies Functions;

export const structs = {
  bpf_attr: {
    header: "linux/bpf.h",
    c: "union bpf_attr",
    fields: [
      "prog_type",
      "insn_cnt",
      "insns",
      "license",
      "log_level",
      "log_size",
      "log_buf",
      "target_fd",
      "attach_bpf_fd",
      "attach_type",
      "attach_flags",
      "replace_bpf_fd",
      "prog_id",
      "query.target_fd",
      "query.attach_type",
      "query.prog_ids",
      "query.prog_cnt",
    ],
  },
} as const satisfies Structs;

export const constants = {
  "linux/bpf.h": [
    "BPF_PROG_LOAD",
    "BPF_PROG_ATTACH",
    "BPF_PROG_DETACH",
    "BPF_PROG_QUERY",
    "BPF_PROG_GET_FD_BY_ID",
    "BPF_PROG_TYPE_CGROUP_DEVICE",
    "BPF_CGROUP_DEVICE",
    "BPF_F_ALLOW_MULTI",
    "BPF_F_REPLACE",
  ],
  "sys/inotify.h": ["IN_ATTRIB", "IN_CLOEXEC", "IN_NONBLOCK"],
  "sys/eventfd.h": ["EFD_CLOEXEC", "EFD_NONBLOCK"],
} as const satisfies Constants;
