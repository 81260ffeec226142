// SPDX-License-Identifier: Apache-2.0
/** The status of a container, found out from the kernel each time: no status is ever stored. */
import { openManager } from "./cgroup-manager.ts";
import { openDirectory, directoryOf, tryLockDirectory } from "../store/state-directory.ts";
import { isErrno } from "../linux/errors.ts";
import { isAlive } from "../process/liveness.ts";
import { isWaitingForStart } from "../process/start-gate.ts";
import type { ContainerRecord } from "./record.ts";

/** `paused` is what every runtime adds to the four of the runtime-spec. */
export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** Finds out the status. Throws only for what it cannot read at all. */
export function statusOf(root: string, record: ContainerRecord): Status {
  const unfinished = record.pid === 0 || record.starting === true;
  return unfinished && isBeingCreated(root, record.id) ? "creating" : lockedStatusOf(root, record);
}

/** The same for whoever holds the container's lock: nobody else is creating it. */
export function lockedStatusOf(root: string, record: ContainerRecord): Status {
  if (record.pid === 0) return "stopped";
  if (!isAlive(record.pid, record.startTime)) return "stopped";
  if (openManager(record).isFrozen()) return "paused";
  if (isWaitingForStart(directoryOf(root, record.id))) return "created";
  return "running";
}

/** Whether a live `create` or `run` holds the container's lock. It holds it until the record is complete. */
function isBeingCreated(root: string, id: string): boolean {
  try {
    using directory = openDirectory(root, id);
    return !tryLockDirectory(directory);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false; // deleted while we looked
    throw error;
  }
}
