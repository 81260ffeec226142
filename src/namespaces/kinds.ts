// SPDX-License-Identifier: Apache-2.0
/** The kinds of namespaces: the spec's names, the kernel's flags and the names below /proc/PID/ns. namespaces(7) */
import * as kernel from "../linux/namespace.ts";
import type { NamespaceType } from "../plan/types.ts";

export interface NamespaceKind {
  /** CLONE_NEW… */
  readonly flag: number;
  /** Name of the link below /proc/PID/ns. */
  readonly file: string;
}

export const namespaceKinds: Readonly<Record<NamespaceType, NamespaceKind>> = {
  user: { flag: kernel.CLONE_NEWUSER, file: "user" },
  mount: { flag: kernel.CLONE_NEWNS, file: "mnt" },
  pid: { flag: kernel.CLONE_NEWPID, file: "pid" },
  network: { flag: kernel.CLONE_NEWNET, file: "net" },
  ipc: { flag: kernel.CLONE_NEWIPC, file: "ipc" },
  uts: { flag: kernel.CLONE_NEWUTS, file: "uts" },
  cgroup: { flag: kernel.CLONE_NEWCGROUP, file: "cgroup" },
  time: { flag: kernel.CLONE_NEWTIME, file: "time" },
};

/** The spec's name of a CLONE_NEW… flag, for messages. */
export function namespaceName(flag: number): string {
  return Object.entries(namespaceKinds).find(([, kind]) => kind.flag === flag)?.[0] ?? `0x${flag.toString(16)}`;
}
