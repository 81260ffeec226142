// SPDX-License-Identifier: Apache-2.0
/** Killing all that is in a cgroup, in bounded time. */
import { isErrno } from "../linux/errors.ts";
import { kill } from "../linux/process.ts";
import { SIGKILL } from "../linux/signals.ts";
import { monotonicTime, sleep } from "../linux/time.ts";

/** What does not die in this time waits for the kernel: a disk, a network file system, a debugger. */
const limitMs = 10_000;

export interface Killer {
  /** Pids that are left. */
  readonly processes: () => number[];
  /** Sends SIGKILL to all of them; called again as long as some are left. */
  readonly strike: (pids: readonly number[]) => void;
}

/**
 * Kills until nobody is left.
 *
 * Throws with the pids that are left when the time is up.
 */
export function killUntilEmpty({ processes, strike }: Killer): void {
  const deadline = monotonicTime() + BigInt(limitMs) * 1_000_000n;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    const pids = processes();
    if (pids.length === 0) return;
    strike(pids);
    if (monotonicTime() > deadline)
      throw new Error(`processes ${pids.join(", ")} do not die: they have been killed for ${limitMs / 1000} s`);
    sleep(pause);
  }
}

/** SIGKILL to each; one that is gone is fine. */
export function killEach(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      kill(pid, SIGKILL);
    } catch (error) {
      if (!isErrno(error, "ESRCH")) throw error;
    }
  }
}
