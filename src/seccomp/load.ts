// SPDX-License-Identifier: Apache-2.0
/** Loading a filter in init or in the process of exec. */
import { failedWithin, type SyscallError, within } from "../linux/errors.ts";
import { Fd } from "../linux/fd.ts";
import { setFilter } from "../linux/seccomp.ts";
import type { SeccompProgram } from "./program.ts";

/**
 * In init, as late as the privileges allow: with no_new_privs just before execve(2), otherwise before CAP_SYS_ADMIN is given up.
 * From here on the filter rules every call of this process. Returns the listener's descriptor, close-on-exec, if a rule notifies.
 */
export function loadSeccomp({ program, flags, notify }: SeccompProgram): Fd | undefined {
  const result = within(clause, () => setFilter(program, flags), hints);
  return notify ? new Fd(result) : undefined;
}

/** What loadSeccomp() throws when seccomp(2) fails like that. */
export function loadFailure(cause: SyscallError): Error {
  return failedWithin(clause, cause, hints);
}

const clause = "load the seccomp filter";

const hints = {
  EACCES: "a filter needs process.noNewPrivileges, or CAP_SYS_ADMIN in the container's user namespace",
  EINVAL:
    "the kernel does not know a flag of linux.seccomp.flags, or has no filters (CONFIG_SECCOMP_FILTER), or the filter is no program",
  EBUSY: "another filter of this process has a listener already",
} as const;
