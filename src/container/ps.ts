// SPDX-License-Identifier: Apache-2.0
/** `ps`: the processes of a container. */
import { listProcesses } from "../process/ps-program.ts";
import type { RuntimeContext } from "./context.ts";
import { processesOf } from "./processes.ts";
import { loadRecord } from "./record.ts";

/** Pids of all processes of container `id`, as the host sees them, in rising order. Throws ContainerError "container-not-found". */
export function containerPids(context: RuntimeContext, id: string): number[] {
  return processesOf(loadRecord(context.root, id)).sort((a, b) => a - b);
}

/**
 * What the host's ps(1) says of these processes: its heading and their lines. `args` are those of ps, "-ef" when there are none.
 *
 * Throws when there is no ps, when it fails, or when its output has no column PID.
 */
export function processTable(context: RuntimeContext, pids: readonly number[], args: readonly string[]): string {
  return listProcesses(pids, args.length === 0 ? ["-ef"] : args, context.environ.get("PATH"));
}
