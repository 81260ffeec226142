// SPDX-License-Identifier: Apache-2.0
/** Is the process with this pid still the one that was meant? Pids are reused; a pid with its start time is not. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { readFile } from "../linux/file.ts";
import { hasEndedState, parseStat, type ProcessStat } from "../linux/proc/stat.ts";
import { POLLIN, waitReadable } from "../linux/poll.ts";
import { openPidfd, signalPidfd } from "../linux/process.ts";

export { signalEach } from "../linux/signal-each.ts";

/** The kernel's line about a process, or undefined when there is none with this pid. proc_pid_stat(5) */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFile(`/proc/${pid}/stat`));
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/** Start time of a process in clock ticks since boot, as text. Throws when it is gone. */
export function startTimeOf(pid: number): string {
  const stat = processStat(pid);
  if (stat === undefined) throw new Error(`process ${pid} is gone`);
  return String(stat.startTime);
}

/** The kernel's line about a process that is there, is the same one, and is no zombie; otherwise undefined. */
export function liveProcess(pid: number, startTime: string): ProcessStat | undefined {
  if (pid <= 0) return undefined;
  const stat = processStat(pid);
  return stat !== undefined && String(stat.startTime) === startTime && !hasEndedState(stat.state) ? stat : undefined;
}

/** Whether the process is there, is the same one, and is no zombie. */
export function isAlive(pid: number, startTime: string): boolean {
  return liveProcess(pid, startTime) !== undefined;
}

/**
 * A pidfd of the process if it is alive and the same one. The pidfd is opened before the start time is checked, so that
 * whatever is done through it hits that process or nothing.
 */
export function openLivePidfd(pid: number, startTime: string): Fd | undefined {
  if (pid <= 0) return undefined;
  let pidfd: Fd;
  try {
    pidfd = openPidfd(pid);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return undefined;
    throw error;
  }
  if (isAlive(pid, startTime)) return pidfd;
  pidfd.close();
  return undefined;
}

/** Sends a signal; false when the process has ended in the meantime. */
export function sendSignal(pidfd: Fd, signal: number): boolean {
  try {
    signalPidfd(pidfd, signal);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

/**
 * Waits until the process behind a pidfd has ended, at most `milliseconds`. False when it has not: it may be a zombie that
 * its parent has not reaped, which counts as ended.
 */
export function waitForEnd(pidfd: Fd, milliseconds: number): boolean {
  return waitReadable(pidfd, POLLIN, milliseconds);
}
