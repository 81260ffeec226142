// SPDX-License-Identifier: Apache-2.0
/** Resource limits. config.md, "rlimits"; getrlimit(2) */
import { isErrno, within } from "../linux/errors.ts";
import { setResourceLimit } from "../linux/identity.ts";
import type { Rlimit } from "../spec/types.ts";

/** Whether `setRlimits` failed for want of rights, which somebody else may have. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && isErrno(error.cause, "EPERM");
}

/**
 * Sets the limits of process `pid` (0: the caller), while it still has CAP_SYS_RESOURCE.
 *
 * From here on a small limit counts for the set-up as well (RLIMIT_NOFILE for what is opened, RLIMIT_AS for the heap): as
 * late as can be, or from outside.
 */
export function setRlimits(rlimits: readonly Rlimit[], pid = 0): void {
  for (const { type, soft, hard } of rlimits) {
    within(
      `set rlimit ${type} to soft ${soft} and hard ${hard}`,
      () => setResourceLimit(type, { soft: BigInt(soft), hard: BigInt(hard) }, pid),
      {
        EPERM:
          type === "RLIMIT_NOFILE"
            ? "raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace, and /proc/sys/fs/nr_open is the highest"
            : "raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace",
      },
    );
  }
}
