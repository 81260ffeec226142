// SPDX-License-Identifier: Apache-2.0
/** Takes a container apart: the reverse of what create does, and safe to repeat after it was cut short at any moment. */
import type { CgroupManager } from "../cgroup/manager.ts";
import { removeGroup } from "../intel-rdt/group.ts";
import { describe } from "../linux/errors.ts";
import { isAlive, openLivePidfd, sendSignal, waitForEnd } from "../process/liveness.ts";
import { describeStuckProcess } from "../process/stuck.ts";
import { removeState } from "../store/state-file.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { runPoststopHooks } from "./hook-state.ts";
import type { ContainerRecord } from "./record.ts";
import type { UndoStack } from "./undo.ts";

const sigkill = 9;
/** A killed process may have to finish a write to a slow disk; one that needs longer is stuck in the kernel. */
const deathMs = 10_000;

/**
 * Kills all processes of the container, removes its cgroup, its resctrl group and its state, and runs the poststop hooks.
 * Whoever calls holds the container's lock, or is the one who created it.
 *
 * Throws ContainerError "process-stuck" when a process does not die; then the state stays, for another try.
 */
export function destroyContainer(
  context: RuntimeContext,
  record: ContainerRecord,
  { initEnded = !isAlive(record.pid, record.startTime) }: { readonly initEnded?: boolean } = {},
): void {
  if (!initEnded || !openManager(record).removeEmpty()) {
    killEverything(context, record);
    openManager(record).remove();
  }
  if (record.intelRdt !== undefined) removeGroup(record.intelRdt);
  removeState(context.root, record.id);
  runPoststopHooks(context, record);
}

/** Kills init and whatever is left in the cgroup, and waits until they are gone. */
export function killEverything(context: RuntimeContext, record: ContainerRecord): void {
  using pidfd = openLivePidfd(record.pid, record.startTime);
  if (pidfd !== undefined) sendSignal(pidfd, sigkill);
  const manager = openManager(record);
  manager.killAll();
  if (pidfd !== undefined && !waitForEnd(pidfd, deathMs)) throw stuck(record.id, record.pid);
  context.log.debug(`container ${record.id}: all processes have ended`);
}

function stuck(id: string, pid: number): ContainerError {
  return new ContainerError("process-stuck", `container ${JSON.stringify(id)}: ${describeStuckProcess(pid)}`, {
    hint: "the kernel holds it, often for a device, a network file system or a tracer; delete again when that has let go",
  });
}

/** Takes back the claim of a create that failed, and all that is in its cgroup. When that fails the state stays, for whoever deletes the container later. */
export function removeMade(context: RuntimeContext, id: string, manager: CgroupManager): void {
  manager.killAll();
  manager.remove();
  removeState(context.root, id);
}

/** Takes back what was done before an error; what of that fails is a warning. */
export function takeBack(context: RuntimeContext, undo: UndoStack): void {
  undo.run((what, problem) => {
    context.log.warn(`${what}: ${describe(problem)}`);
  });
}
