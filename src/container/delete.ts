// SPDX-License-Identifier: Apache-2.0
/** `delete`: removes what `create` made. runtime.md, "Delete" */
import type { RuntimeContext } from "./context.ts";
import { isErrno } from "../linux/errors.ts";
import { directoryExists, openDirectory, removeDirectory, tryLockDirectory } from "../store/state-directory.ts";
import { destroyContainer, killEverything } from "./destroy.ts";
import { ContainerError } from "./errors.ts";
import { lockContainer } from "./lock.ts";
import { checkId, type ContainerRecord, loadRecord, notFound } from "./record.ts";
import { type Status, statusOf } from "./status.ts";

export interface DeleteOptions {
  /** Kills what runs; and a container that is not there is no error. */
  readonly force: boolean;
}

/**
 * Deletes container `id`. One that was created and never started is killed and deleted, as engines expect.
 *
 * Throws ContainerError "container-not-found" (not with force), "container-not-stopped" (likewise), "process-stuck".
 */
export function deleteContainer(context: RuntimeContext, id: string, options: DeleteOptions): void {
  checkId(id);
  if (!directoryExists(context.root, id)) {
    if (options.force) return;
    throw notFound(context.root, id);
  }
  const record = recordForDelete(context, id, options.force);
  if (record === undefined) return;
  const status = statusOf(context.root, record);
  if (!options.force && status !== "stopped" && status !== "created") throw notStopped(id, status);
  // A create that is under way fails by itself when its init is gone, cleans up, and leaves us the lock.
  if (options.force && status === "creating") killEverything(context, record);
  try {
    using _lock = lockContainer(context.root, id);
    destroyContainer(context, record);
  } catch (error) {
    if (options.force && error instanceof ContainerError && error.code === "container-not-found") return;
    throw error;
  }
}

/** The record, or undefined when a create died before it wrote one and force has removed the empty directory. */
function recordForDelete(context: RuntimeContext, id: string, force: boolean): ContainerRecord | undefined {
  try {
    return loadRecord(context.root, id);
  } catch (error) {
    if (!force || !(error instanceof ContainerError)) throw error;
    if (error.code !== "container-not-found" && error.code !== "state-damaged") throw error;
    if (isAbandoned(context.root, id)) removeDirectory(context.root, id);
    return undefined;
  }
}

/** Whether nobody holds the lock of a directory without a readable record. */
function isAbandoned(root: string, id: string): boolean {
  try {
    using directory = openDirectory(root, id);
    return tryLockDirectory(directory);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

function notStopped(id: string, status: Status): ContainerError {
  return new ContainerError("container-not-stopped", `cannot delete container ${id} that is not stopped: ${status}`, {
    hint: `"runt kill ${id} KILL" stops it; "runt delete --force ${id}" does both`,
  });
}
