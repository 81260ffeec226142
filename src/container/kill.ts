// SPDX-License-Identifier: Apache-2.0
/** `kill`: a signal to the container's process, or to all of them. runtime.md, "Kill" */
import { signalNumber } from "../process/signal-number.ts";
import { openLivePidfd, sendSignal, signalEach } from "../process/liveness.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { processesOf } from "./processes.ts";
import { loadRecord } from "./record.ts";

const sigkill = 9;
/** config.md, "Annotations" */
const stopSignal = "org.opencontainers.image.stopSignal";

export interface KillOptions {
  /** Every process of the container; and a container that is stopped is no error. */
  readonly all: boolean;
}

/**
 * Sends a signal to the container's init; where none is given, the one that its annotations name for that, or SIGTERM.
 *
 * SIGKILL to a container that shares a pid namespace goes to its whole cgroup, because no init takes the others along; and a
 * frozen container is thawed after it, or the signal would wait for ever.
 *
 * Throws ContainerError "container-not-found", "container-not-running", or "arguments-invalid" for such an annotation.
 */
export function killContainer(context: RuntimeContext, id: string, given: number | undefined, options: KillOptions): void {
  const record = loadRecord(context.root, id);
  const signal = given ?? parseSignal(record.annotations[stopSignal] ?? "TERM");
  using pidfd = openLivePidfd(record.pid, record.startTime);
  if (pidfd === undefined && !options.all) throw notRunning(id);
  const manager = openManager(record);
  if (signal === sigkill && (!record.ownPidNamespace || options.all)) {
    manager.killAll();
    // Without a cgroup that has reached nobody. With init a pid namespace of its own goes, too.
    if (pidfd !== undefined) sendSignal(pidfd, signal);
    return;
  }
  if (options.all) signalEach(() => processesOf(record), signal);
  else if (pidfd === undefined || !sendSignal(pidfd, signal)) throw notRunning(id);
  if (signal === sigkill && manager.isFrozen()) manager.thaw();
}

/**
 * The number of a signal named on a command line: `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN+3`; 0 only asks whether it could be sent.
 *
 * Throws ContainerError "arguments-invalid" when there is no such signal.
 */
export function parseSignal(text: string): number {
  const number = text === "0" ? 0 : signalNumber(text);
  if (number === undefined) {
    throw new ContainerError("arguments-invalid", `unknown signal ${JSON.stringify(text)}`, {
      hint: "give a number, or a name such as TERM or SIGTERM",
    });
  }
  return number;
}

function notRunning(id: string): ContainerError {
  return new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running`, {
    hint: `"runt state ${id}" shows its status; a stopped container can be deleted, not signalled`,
  });
}
