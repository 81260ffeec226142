// SPDX-License-Identifier: Apache-2.0
/** What the kernel's out-of-memory killer thinks of the process. proc_pid_oom_score_adj(5) */
import { within } from "../linux/errors.ts";
import { writeFile } from "../linux/file.ts";
import { withOwnProcFiles } from "../linux/process.ts";

/**
 * Sets the adjustment, -1000 … 1000, through the host's /proc; children inherit it. Of process `pid` by the runtime, which may
 * have the right to lower it where a process inside a user namespace never has; or of the caller itself, before it enters
 * another mount namespace.
 */
export function setOomScoreAdj(value: number, pid: number | "self" = "self"): void {
  const hint = "lowering it below the runtime's own value needs CAP_SYS_RESOURCE in the initial user namespace";
  const write = (): void => writeFile(`/proc/${pid}/oom_score_adj`, String(value));
  within(`set oom score adjustment to ${value}`, () => withOwnProcFiles(write), { EACCES: hint, EPERM: hint });
}
