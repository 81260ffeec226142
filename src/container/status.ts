// SPDX-License-Identifier: Apache-2.0
/** The status of a container, found out from the kernel each time: no status is ever stored. */
import { openManager } from "./cgroup-manager.ts";
import { gateOf } from "../store/files.ts";
import { openState, tryLockState } from "../store/state-file.ts";
import { isErrno } from "../linux/errors.ts";
import { liveProcess } from "../process/liveness.ts";
import { isWaitingForStart } from "../process/start-gate.ts";
import type { ContainerRecord } from "./record.ts";

/** `paused` is what every runtime adds to the four of the runtime-spec. */
export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** Finds out the status. Throws only for what it cannot read at all. */
export function statusOf(root: string, record: ContainerRecord): Status {
  return findStatus(root, record, () => isBeingCreated(root, record.id));
}

/** The same for whoever holds the container's lock: nobody else is creating it. */
export function lockedStatusOf(root: string, record: ContainerRecord): Status {
  return findStatus(root, record, () => false);
}

function findStatus(root: string, record: ContainerRecord, isUnderWay: () => boolean): Status {
  if (record.pid === 0) return isUnderWay() ? "creating" : "stopped";
  const init = liveProcess(record.pid, record.startTime);
  if (init === undefined) return "stopped";
  if (openManager(record).isFrozen()) return "paused";
  if (!init.neverExecuted) return "running";
  // Still our own code, or brought back by criu, which executes nothing.
  if (isWaitingForStart(gateOf(root, record.id))) return record.creating === true && isUnderWay() ? "creating" : "created";
  return isUnderWay() ? "creating" : "running";
}

/** Whether a live `create` or `run` holds the container's lock. It holds it until the record is complete. */
function isBeingCreated(root: string, id: string): boolean {
  try {
    using file = openState(root, id);
    return !tryLockState(file);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false; // deleted while we looked
    throw error;
  }
}
