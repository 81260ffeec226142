// SPDX-License-Identifier: Apache-2.0
/** `start`: lets a created container become its program. runtime.md, "Start" */
import { decodeError, decodeMessage, RemoteError } from "../process/messages.ts";
import type { NotifyRelay } from "../process/notify-relay.ts";
import { openStartGate, removeStartGate } from "../process/start-gate.ts";
import { gateOf } from "../store/files.ts";
import { openNotifyRelay, waitUntilReady } from "./activation.ts";
import type { RuntimeContext } from "./context.ts";
import { destroyContainer } from "./destroy.ts";
import { ContainerError } from "./errors.ts";
import { runHookList } from "./hook-state.ts";
import { lockContainer } from "./lock.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { lockedStatusOf, type Status } from "./status.ts";

/**
 * Starts container `id` and runs its poststart hooks.
 *
 * Throws ContainerError "container-not-created" in any other status, "exec-failed" when the program cannot be executed, and
 * "hook-failed" when a startContainer or poststart hook fails: then the container is destroyed, as the spec demands.
 */
export function startContainer(context: RuntimeContext, id: string): void {
  const { record, notify } = letGo(context, id);
  using _notify = notify;
  // Without the lock: a container that never says it is ready can be deleted all the same.
  if (notify !== undefined) waitUntilReady(record, notify);
}

interface Started {
  readonly record: ContainerRecord;
  readonly notify: NotifyRelay | undefined;
}

/** Lets init go. The relay is bound before the program can write to it, and not before the container is known to need it. */
function letGo(context: RuntimeContext, id: string): Started {
  using _lock = lockContainer(context.root, id);
  const record = loadRecord(context.root, id);
  const status = lockedStatusOf(context.root, record);
  if (status !== "created") throw notCreated(id, status);
  const notify = openNotifyRelay(context, id);
  const gate = gateOf(context.root, id);
  const outcome = openStartGate(gate);
  if (outcome.kind === "nobody") throw notCreated(id, lockedStatusOf(context.root, record));
  if (outcome.kind === "failed") throw failedStart(context, record, outcome.text);
  removeStartGate(gate);
  finishStart(context, record);
  return { record, notify };
}

/** What follows once the program runs: the poststart hooks. Shared with `run`. */
export function finishStart(context: RuntimeContext, record: ContainerRecord): void {
  if (record.poststart.length === 0) return;
  try {
    runHookList("poststart", record.poststart, record, "running");
  } catch (error) {
    destroyContainer(context, record);
    throw error;
  }
}

/** Why init did not become the program. Of a startContainer hook that fails the spec says that the container is destroyed. */
function failedStart(context: RuntimeContext, record: ContainerRecord, text: string): ContainerError {
  const message = decodeMessage(text);
  const cause = message.type === "error" ? decodeError(message.chain) : undefined;
  if (cause instanceof RemoteError && cause.code === "hook-failed") destroyContainer(context, record);
  return new ContainerError("exec-failed", "unable to start container process", { cause });
}

const reasons: Readonly<Record<Exclude<Status, "created">, string>> = {
  creating: "cannot start a container that is still being created",
  running: "cannot start an already running container",
  paused: "cannot start a paused container: resume it first",
  stopped: "cannot start a container that has stopped",
};

function notCreated(id: string, status: Status): ContainerError {
  const reason = status === "created" ? "its init stopped waiting" : reasons[status];
  return new ContainerError("container-not-created", `container ${JSON.stringify(id)}: ${reason}`);
}
