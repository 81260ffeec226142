// SPDX-License-Identifier: Apache-2.0
/** Hooks with the state of the container on their standard input. config.md, "POSIX-platform Hooks" */
import { HookOutputs } from "../hooks/outputs.ts";
import { runHooks, type HookKind } from "../hooks/run.ts";
import { describe, HintedError } from "../linux/errors.ts";
import type { Hook } from "../spec/types.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import type { ContainerRecord } from "./record.ts";

export type HookStatus = "creating" | "created" | "running" | "stopped";

/** The state as hooks get it: compact JSON. runtime.md, "State" */
export function hookState(record: ContainerRecord, status: HookStatus, pid = record.pid): string {
  return JSON.stringify({
    ociVersion: record.ociVersion,
    id: record.id,
    status,
    ...(status === "stopped" ? {} : { pid }),
    bundle: record.bundle,
    ...(Object.keys(record.annotations).length === 0 ? {} : { annotations: record.annotations }),
  });
}

/** Runs one list of hooks, in order. Throws ContainerError "hook-failed" at the first that fails. */
export function runHookList(kind: HookKind, hooks: readonly Hook[], record: ContainerRecord, status: HookStatus): void {
  if (hooks.length === 0) return;
  try {
    using outputs = new HookOutputs(record.hookOutputs);
    runHooks(kind, hooks, hookState(record, status), { directory: record.bundle, outputs });
  } catch (error) {
    throw hookFailed(error);
  }
}

/** The failure of a hook; what the hook room says already names the hook and its output. */
export function hookFailed(error: unknown): ContainerError {
  const message = describe(error);
  return new ContainerError("hook-failed", message, { hint: hintOf(error) ?? adviceOn(message) });
}

/** A timeout needs none. */
function adviceOn(message: string): string | undefined {
  if (message.includes("stdout: ")) return ran;
  return message.includes("execve ") ? unable : undefined;
}

const ran = "the hook's own output is in the message; hooks are set by the engine, not by the image";
const unable = "hooks are set by the engine; their paths are of the host, and of the container for startContainer alone";

function hintOf(error: unknown): string | undefined {
  return error instanceof HintedError ? error.hint : undefined;
}

/** Runs every poststop hook; one that fails is a warning, and the rest runs all the same. */
export function runPoststopHooks(context: RuntimeContext, record: ContainerRecord): void {
  for (const hook of record.poststop) {
    try {
      using outputs = new HookOutputs(record.hookOutputs);
      runHooks("poststop", [hook], hookState(record, "stopped"), { directory: record.bundle, outputs });
    } catch (error) {
      context.log.warn(describe(error));
    }
  }
}
