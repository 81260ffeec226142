// SPDX-License-Identifier: Apache-2.0
/** Namespaces of a running process, and what nsfs tells of one. */
import type { Constants, Functions } from "./declare.ts";

export const functions = {
  setns: { syscall: true, params: { fd: "fd", type: "int" }, returns: "status" },
  unshare: { syscall: true, params: { flags: "int" }, returns: "status" },
  begin_network_namespace: { header: "calls.h", params: {}, returns: "outcome" },
  end_network_namespace: { header: "calls.h", params: {}, returns: "outcome" },
} as const satisfies Functions;

export const constants = {
  "linux/nsfs.h": ["NS_GET_USERNS", "NS_GET_PARENT", "NS_GET_NSTYPE", "NS_GET_OWNER_UID"],
} as const satisfies Constants;
