// SPDX-License-Identifier: Apache-2.0
/** One runt at a time changes a container. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { pauseFor } from "../process/wait.ts";
import { openDirectory, tryLockDirectory } from "../store/state-directory.ts";
import { ContainerError } from "./errors.ts";
import { notFound } from "./record.ts";

/** A create takes some milliseconds, hooks included maybe seconds; who waits longer than this waits for something stuck. */
const longestWaitMs = 10_000;

/**
 * Opens the container's state directory and locks it, waiting for another runt that works on it, a bounded time.
 *
 * Throws ContainerError "container-not-found" or "container-busy".
 */
export function lockContainer(root: string, id: string): Fd {
  let directory: Fd;
  try {
    directory = openDirectory(root, id);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) throw notFound(root, id);
    throw error;
  }
  for (let waited = 0, step = 1; !tryLockDirectory(directory); waited += step, step = Math.min(step * 2, 100)) {
    if (waited >= longestWaitMs) {
      directory.close();
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
  return directory;
}
