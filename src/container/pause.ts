// SPDX-License-Identifier: Apache-2.0
/** `pause` and `resume`: the cgroup freezer. */
import { announceChange } from "../store/changes.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { loadRecord } from "./record.ts";
import { statusOf } from "./status.ts";

/** Freezes all processes of a created or running container. Throws ContainerError "container-not-running" for any other. */
export function pauseContainer(context: RuntimeContext, id: string): void {
  const record = loadRecord(context.root, id);
  const status = statusOf(context.root, record);
  if (status !== "running" && status !== "created") {
    throw new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running: it is ${status}`);
  }
  openManager(record).freeze();
  announceChange(context.root, id);
}

/** Lets a paused container go on. Throws ContainerError "container-not-paused". */
export function resumeContainer(context: RuntimeContext, id: string): void {
  const record = loadRecord(context.root, id);
  const status = statusOf(context.root, record);
  if (status !== "paused") {
    throw new ContainerError("container-not-paused", `container ${JSON.stringify(id)}: container not paused: it is ${status}`);
  }
  openManager(record).thaw();
  announceChange(context.root, id);
}
