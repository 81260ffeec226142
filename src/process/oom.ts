// SPDX-License-Identifier: Apache-2.0
/** What the kernel's out-of-memory killer thinks of the process. proc_pid_oom_score_adj(5) */
import { within } from "../linux/errors.ts";
import { writeFile } from "../linux/file.ts";

/**
 * Sets the adjustment, -1000 … 1000, through the host's /proc: before the process makes itself non-dumpable (the file belongs to
 * root from then on) and before it enters another mount namespace. Children inherit it.
 */
export function setOomScoreAdj(value: number, pid: number | "self" = "self"): void {
  const hint = "lowering it below the runtime's own value needs CAP_SYS_RESOURCE, which a rootless caller does not have";
  within(`set oom score adjustment to ${value}`, () => writeFile(`/proc/${pid}/oom_score_adj`, String(value)), {
    EACCES: hint,
    EPERM: hint,
  });
}
