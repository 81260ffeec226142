// SPDX-License-Identifier: Apache-2.0
/** Signals to processes that are known by a list of pids, e.g. of a cgroup. */
import { isErrno } from "./errors.ts";
import type { Fd } from "./fd.ts";
import { openPidfd, signalPidfd } from "./process.ts";

/** As many descriptors as any process may have open, and some to spare. */
const atOnce = 256;

/**
 * Sends `signal` to each process that `list` names. A pid may be somebody else's a moment after it was read: what is signalled is a
 * pidfd, and only if the list, read again, still has its pid.
 */
export function signalEach(list: () => readonly number[], signal: number): void {
  const pids = list().filter((pid) => pid !== 0); // 0: of another pid namespace, which no number names here
  for (let from = 0; from < pids.length; from += atOnce) signalSome(pids.slice(from, from + atOnce), list, signal);
}

function signalSome(pids: readonly number[], list: () => readonly number[], signal: number): void {
  const opened: { readonly pid: number; readonly pidfd: Fd }[] = [];
  try {
    for (const pid of pids) unlessGone(() => opened.push({ pid, pidfd: openPidfd(pid) }));
    const still = new Set(list());
    for (const { pid, pidfd } of opened) if (still.has(pid)) unlessGone(() => signalPidfd(pidfd, signal));
  } finally {
    for (const { pidfd } of opened) pidfd.close();
  }
}

function unlessGone(step: () => void): void {
  try {
    step();
  } catch (error) {
    // EINVAL: the pid is that of a thread that leads no group; its process is in the list as well
    if (!isErrno(error, "ESRCH", "EINVAL", "ENOENT")) throw error;
  }
}
