// SPDX-License-Identifier: Apache-2.0
/** What can be said of a process that does not die. */
import { isErrno } from "../linux/errors.ts";
import { readFile } from "../linux/file.ts";
import { processStat } from "./liveness.ts";

/** `process 17 ("tar") does not die: state D, waiting in nfs_wait_bit_killable`. proc_pid_wchan(5) */
export function describeStuckProcess(pid: number): string {
  const stat = processStat(pid);
  if (stat === undefined) return `process ${pid} took long to die`;
  const place = waitChannel(pid);
  return `process ${pid} (${JSON.stringify(stat.name)}) does not die: state ${stat.state}${place === "" ? "" : `, waiting in ${place}`}`;
}

function waitChannel(pid: number): string {
  try {
    const text = readFile(`/proc/${pid}/wchan`);
    return text === "0" ? "" : text;
  } catch (error) {
    if (isErrno(error)) return ""; // only root may read it, and the process may go at any moment
    throw error;
  }
}
