// SPDX-License-Identifier: Apache-2.0
/** `ps`: the processes of a container. */
import { isAlive } from "../process/liveness.ts";
import { listProcesses } from "../process/ps-program.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { loadRecord } from "./record.ts";

/** Pids of all processes of container `id`, as the host sees them, in rising order. Throws ContainerError "container-not-found". */
export function containerPids(context: RuntimeContext, id: string): number[] {
  const record = loadRecord(context.root, id);
  const pids = openManager(record).processes();
  // Without a cgroup of its own init alone is known to be the container's.
  if (pids.length === 0 && isAlive(record.pid, record.startTime)) return [record.pid];
  return pids.sort((a, b) => a - b);
}

/**
 * What the host's ps(1) says of these processes: its heading and their lines. `args` are those of ps, "-ef" when there are none.
 *
 * Throws when there is no ps, when it fails, or when its output has no column PID.
 */
export function processTable(context: RuntimeContext, pids: readonly number[], args: readonly string[]): string {
  return listProcesses(pids, args.length === 0 ? ["-ef"] : args, context.environ.get("PATH"));
}
