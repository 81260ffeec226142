// SPDX-License-Identifier: Apache-2.0
/** Killing all that is in a cgroup, in bounded time. */
import { HintedError, isErrno } from "../linux/errors.ts";
import { writeFile } from "../linux/file.ts";
import { signalEach } from "../linux/signal-each.ts";
import { SIGKILL } from "../linux/signals.ts";
import { monotonicTime, sleep } from "../linux/time.ts";
import { describeProcess } from "./directory.ts";

/** What does not die in this time waits for the kernel: a disk, a network file system, a debugger. */
const limitMs = 10_000;

export interface Killer {
  /** Pids that are left. */
  readonly processes: () => number[];
  /** Sends SIGKILL to all of them; called again as long as some are left, with how often it was called before. */
  readonly strike: (round: number) => void;
}

/**
 * Kills until nobody is left.
 *
 * Throws with the processes that are left when the time is up.
 */
export function killUntilEmpty({ processes, strike }: Killer): void {
  const deadline = monotonicTime() + BigInt(limitMs) * 1_000_000n;
  for (let round = 0; ; round++) {
    const pids = processes();
    if (pids.length === 0) return;
    strike(round);
    if (monotonicTime() > deadline) throw stuck(pids);
    sleep(Math.min(2 ** round, 50));
  }
}

/** Processes are still there when the time is up. */
class StuckError extends HintedError {
  readonly code = "process-stuck";
}

function stuck(pids: readonly number[]): Error {
  const who = pids.slice(0, 10).map(describeProcess).join(", ");
  return new StuckError(`processes do not die, ${limitMs / 1000} s after they were killed: ${who}`, {
    hint: "the kernel holds them, often for a device or a network file system; or a cgroup above is frozen",
  });
}

/** Kills all that is in a v2 cgroup and below it, at once; false where the kernel cannot. Linux 5.14 */
export function killCgroup(path: string): boolean {
  try {
    writeFile(`${path}/cgroup.kill`, "1");
    return true;
  } catch (error) {
    // ENOENT: an older kernel, or the cgroup is gone; EOPNOTSUPP, EINVAL: a threaded cgroup
    if (isErrno(error, "ENOENT", "EOPNOTSUPP", "EINVAL")) return false;
    throw error;
  }
}

/** SIGKILL to each that `processes` names. */
export function killEach(processes: () => readonly number[]): void {
  signalEach(processes, SIGKILL);
}
