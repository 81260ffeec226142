// SPDX-License-Identifier: Apache-2.0
/** Values of linux.seccomp that break the specification, or that no kernel could apply. */
import { filter } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

export const rows: readonly Refusal[] = [
  {
    section: "linux.seccomp.defaultAction",
    what: "an unknown action",
    change: filter({ defaultAction: "ALLOW" }),
    says: /linux\.seccomp\.defaultAction is "ALLOW"/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.syscalls",
    what: "an unknown action",
    change: filter({}, { action: "SCMP_ACT_DENY" }),
    says: /linux\.seccomp\.syscalls\[0\]\.action is "SCMP_ACT_DENY"/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.syscalls",
    what: "an errno where none is returned",
    change: filter({}, { action: "SCMP_ACT_KILL", errnoRet: 1 }),
    says: /linux\.seccomp\.syscalls\[0\]\.errnoRet is 1.*SCMP_ACT_KILL/,
  },
  {
    section: "linux.seccomp.syscalls",
    what: "an unknown operator",
    change: filter({}, { args: [{ index: 0, value: 1, op: "SCMP_CMP_ABOUT" }] }),
    says: /linux\.seccomp\.syscalls\[0\]\.args\[0\]\.op is "SCMP_CMP_ABOUT"/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.syscalls",
    what: "a seventh argument",
    change: filter({}, { args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }] }),
    says: /linux\.seccomp\.syscalls\[0\]\.args\[0\]\.index is 6/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.architectures",
    what: "an unknown architecture",
    change: filter({ architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_PDP11"] }),
    says: /linux\.seccomp\.architectures\[1\] is "SCMP_ARCH_PDP11"/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.flags",
    what: "an unknown flag",
    change: filter({ flags: ["SECCOMP_FILTER_FLAG_FAST"] }),
    says: /linux\.seccomp\.flags\[0\] is "SECCOMP_FILTER_FLAG_FAST"/,
    code: "config-invalid",
  },
  {
    section: "linux.seccomp.listenerPath",
    what: "missing",
    change: filter({}, { action: "SCMP_ACT_NOTIFY" }),
    says: /linux\.seccomp\.listenerPath is missing/,
  },
  {
    section: "linux.seccomp.listenerPath",
    what: "relative",
    change: filter({ listenerPath: "a/socket" }, { action: "SCMP_ACT_NOTIFY" }),
    says: /linux\.seccomp\.listenerPath is "a\/socket".*an absolute path/,
  },
];
