// SPDX-License-Identifier: Apache-2.0
/** One runt at a time changes a container. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { pauseFor } from "../process/wait.ts";
import { isRemoved, openState, tryLockState } from "../store/state-file.ts";
import { ContainerError } from "./errors.ts";
import { checkId, notFound } from "./record.ts";

/** A create takes some milliseconds, hooks included maybe seconds; who waits longer than this waits for something stuck. */
const longestWaitMs = 10_000;

/**
 * Opens the container's state file and locks it, waiting for another runt that works on it, a bounded time; `whileBusy`
 * is called now and then meanwhile. The record is to be read after this: whoever had the lock may have changed it, or deleted the container.
 *
 * Throws ContainerError "id-invalid", "container-not-found" or "container-busy".
 */
export function lockContainer(root: string, id: string, whileBusy?: () => void): Fd {
  checkId(id);
  let file: Fd;
  try {
    file = openState(root, id);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) throw notFound(root, id);
    throw error;
  }
  try {
    waitForLock(file, id, whileBusy);
    if (isRemoved(file)) throw notFound(root, id);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Locks a state file that is open, waiting as lockContainer() does. Throws ContainerError "container-busy". */
export function waitForLock(file: Fd, id: string, whileBusy?: () => void): void {
  for (let waited = 0, step = 1; !tryLockState(file); waited += step, step = Math.min(step * 2, 100)) {
    whileBusy?.();
    if (waited >= longestWaitMs) {
      throw new ContainerError(
        "container-busy",
        `container ${JSON.stringify(id)}: another runt has been working on it for ${waited / 1000} s`,
        {
          hint: "a create that hangs can be ended with its process; then delete --force removes what is left",
        },
      );
    }
    pauseFor(step);
  }
}
