// SPDX-License-Identifier: Apache-2.0
/** Joining the namespaces of a process through its pidfd, which cannot come to mean another process. setns(2), Linux 5.8 */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { setns } from "../linux/namespace.ts";
import type { NamespaceType } from "../plan/types.ts";
import { namespaceKinds } from "./kinds.ts";

/**
 * Joins the namespaces of these types, all or none. Those for children (pid, time) count for what is cloned from here on. Throws
 * what `ended` makes of the kernel's word when the process is no more.
 */
export function joinNamespacesOf(pidfd: Fd, types: readonly NamespaceType[], ended: (cause: Error) => Error): void {
  const flags = types.reduce((sum, type) => sum | namespaceKinds[type].flag, 0);
  if (flags === 0) return;
  try {
    within(`join the container's namespaces (${types.join(", ")})`, () => {
      setns(pidfd, flags);
    });
  } catch (error) {
    if (!(error instanceof Error) || !isErrno(error.cause, "ESRCH")) throw error;
    throw ended(error);
  }
}
