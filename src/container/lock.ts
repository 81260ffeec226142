// SPDX-License-Identifier: Apache-2.0
/** One runt at a time changes a container. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { pauseFor } from "../process/wait.ts";
import { isRemoved, openDirectory, tryLockDirectory } from "../store/state-directory.ts";
import { ContainerError } from "./errors.ts";
import { checkId, notFound } from "./record.ts";

/** A create takes some milliseconds, hooks included maybe seconds; who waits longer than this waits for something stuck. */
const longestWaitMs = 10_000;

/**
 * Opens the container's state directory and locks it, waiting for another runt that works on it, a bounded time; `whileBusy`
 * is called now and then meanwhile. The record is to be read after this: whoever had the lock may have changed it, or deleted the container.
 *
 * Throws ContainerError "id-invalid", "container-not-found" or "container-busy".
 */
export function lockContainer(root: string, id: string, whileBusy?: () => void): Fd {
  checkId(id);
  let directory: Fd;
  try {
    directory = openDirectory(root, id);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) throw notFound(root, id);
    throw error;
  }
  try {
    waitForLock(directory, id, whileBusy);
    if (isRemoved(directory)) throw notFound(root, id);
    return directory;
  } catch (error) {
    directory.close();
    throw error;
  }
}

/** Locks a state directory that is open, waiting as lockContainer() does. Throws ContainerError "container-busy". */
export function waitForLock(directory: Fd, id: string, whileBusy?: () => void): void {
  for (let waited = 0, step = 1; !tryLockDirectory(directory); waited += step, step = Math.min(step * 2, 100)) {
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
