// SPDX-License-Identifier: Apache-2.0
/** `delete`: removes what `create` made. runtime.md, "Delete" */
import type { RuntimeContext } from "./context.ts";
import { removeState } from "../store/state-file.ts";
import { destroyContainer, killEverything } from "./destroy.ts";
import { ContainerError, type ErrorCode } from "./errors.ts";
import { lockContainer } from "./lock.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { lockedStatusOf, type Status, statusOf } from "./status.ts";

export interface DeleteOptions {
  /** Kills what runs; and a container that is not there is no error. */
  readonly force: boolean;
}

/**
 * Deletes container `id`. One that was created and never started is killed and deleted, as engines expect.
 *
 * Throws ContainerError "container-not-found" (not with force), "container-not-stopped" (likewise), "process-stuck".
 */
export function deleteContainer(context: RuntimeContext, id: string, { force }: DeleteOptions): void {
  try {
    using _lock = lockContainer(context.root, id, () => {
      interrupt(context, id, force);
    });
    const record = recordForDelete(context, id, force);
    if (record === undefined) return;
    const status = force ? "stopped" : lockedStatusOf(context.root, record);
    if (status !== "stopped" && status !== "created") throw notStopped(id, status);
    destroyContainer(context, record);
  } catch (error) {
    if (!(force && isCoded(error, "container-not-found"))) throw error;
  }
}

/**
 * While another runt works on the container. A create that is under way fails by itself when its init is gone, and cleans up; nor
 * has anything else a reason to go on when all processes have ended.
 */
function interrupt(context: RuntimeContext, id: string, force: boolean): void {
  let record: ContainerRecord;
  try {
    record = loadRecord(context.root, id);
  } catch (error) {
    if (isCoded(error, "container-not-found", "state-damaged")) return; // it has only just begun
    throw error;
  }
  if (force) killEverything(context, record);
  else if (statusOf(context.root, record) === "creating") throw notStopped(id, "creating");
}

/** The record, or undefined when a create died before it wrote one and force has removed what there is. */
function recordForDelete(context: RuntimeContext, id: string, force: boolean): ContainerRecord | undefined {
  try {
    return loadRecord(context.root, id);
  } catch (error) {
    if (!force || !isCoded(error, "container-not-found", "state-damaged")) throw error;
    removeState(context.root, id);
    return undefined;
  }
}

function isCoded(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return error instanceof ContainerError && codes.includes(error.code);
}

function notStopped(id: string, status: Status): ContainerError {
  return new ContainerError("container-not-stopped", `cannot delete container ${id} that is not stopped: ${status}`, {
    hint: `"runt kill ${id} KILL" stops it; "runt delete --force ${id}" does both`,
  });
}
