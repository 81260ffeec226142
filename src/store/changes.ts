// SPDX-License-Identifier: Apache-2.0
/** Hearing of what commands do with containers, without asking again and again. */
import { gateOf } from "./files.ts";
import { stateFileOf } from "./state-file.ts";
import { isErrno } from "../linux/errors.ts";
import { forgetChanges, watchPaths } from "../linux/inotify.ts";
import type { Fd } from "../linux/fd.ts";
import { chmod } from "../linux/stat.ts";

/** A descriptor that can be read when one of these containers was started, paused, resumed or deleted. */
export function watchContainers(root: string, ids: readonly string[]): Fd {
  return watchPaths(
    ids.map((id) => stateFileOf(root, id)),
    ids.map((id) => gateOf(root, id).start),
  );
}

/** Reads that descriptor empty. */
export { forgetChanges };

/** Wakes who watches container `id`, for a change that leaves no trace in its files. */
export function announceChange(root: string, id: string): void {
  try {
    chmod(stateFileOf(root, id), 0o600); // its permissions as they are
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error; // deleted in the meantime
  }
}
