// SPDX-License-Identifier: Apache-2.0
/** All processes of a container, as far as they can be known. */
import { isAlive } from "../process/liveness.ts";
import { sharingPidNamespace } from "../process/pid-namespace.ts";
import { openManager } from "./cgroup-manager.ts";
import type { ContainerRecord } from "./record.ts";

/** Those of its cgroup; of a container without one those of its own pid namespace, or else init alone. */
export function processesOf(record: ContainerRecord): number[] {
  const pids = openManager(record).processes();
  if (pids.length > 0 || !isAlive(record.pid, record.startTime)) return pids;
  return record.ownPidNamespace ? sharingPidNamespace(record.pid) : [record.pid];
}
