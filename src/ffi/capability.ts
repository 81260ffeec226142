// SPDX-License-Identifier: Apache-2.0
/** Capabilities and keyrings: what a process may do and what it holds. */
import type { Constants, Functions } from "./declare.ts";

export const functions = {
  read_bounding_set: { header: "calls.h", params: {}, returns: "i64" },
  reduce_bounding_set: { header: "calls.h", params: { keep: "u64" }, returns: "status" },
  capget: { syscall: true, params: { header: "buffer", data: "buffer" }, returns: "status" },
  capset: { syscall: true, params: { header: "buffer", data: "buffer" }, returns: "status" },
  keyctl: { syscall: true, params: { operation: "int", a: "ulong", b: "ulong", c: "ulong", d: "ulong" }, returns: "long" },
} as const satisfies Functions;

export const constants = {
  "linux/capability.h": ["_LINUX_CAPABILITY_VERSION_3"],
  "linux/keyctl.h": ["KEYCTL_JOIN_SESSION_KEYRING", "KEYCTL_SETPERM", "KEYCTL_DESCRIBE", "KEYCTL_GET_KEYRING_ID"],
} as const satisfies Constants;
