// SPDX-License-Identifier: Apache-2.0
/** Running hooks. config.md, "POSIX-platform Hooks" */
import { within } from "../linux/errors.ts";
import { spawn, type SpawnResult } from "../linux/spawn.ts";
import type { HooksPlan } from "../plan/types.ts";
import type { Hook } from "../spec/types.ts";
import { hookFailure } from "./failure.ts";
import type { HookOutputs } from "./outputs.ts";

export type HookKind = keyof HooksPlan;

const OUTPUT_LIMIT = 32 * 1024;

export interface HookOptions {
  /** Environment for a hook that names none; empty when not given. */
  readonly env?: readonly string[] | undefined;
  /** Where they begin; the current directory when not given. */
  readonly directory?: string | undefined;
  /** Where their output goes, instead of into the message of a failure. */
  readonly outputs?: HookOutputs | undefined;
}

/**
 * Runs the hooks one after the other, in the namespaces of the caller, each with `state` (compact JSON) on its standard input
 * and exactly the environment it names.
 *
 * Throws at the first that cannot be started, fails, or runs past its timeout: `error running createRuntime hook #0: …`.
 */
export function runHooks(kind: HookKind, hooks: readonly Hook[], state: string, options: HookOptions = {}): void {
  hooks.forEach((hook, index) => {
    const clause = `error running ${kind} hook #${index}`;
    const result = within(clause, () => runHook(hook, state, options));
    const failure = hookFailure(result, hook.timeout);
    if (failure !== undefined) throw new Error(`${clause}: ${failure}`);
  });
}

function runHook(hook: Hook, state: string, options: HookOptions): SpawnResult {
  const args = hook.args === undefined || hook.args.length === 0 ? [hook.path] : hook.args;
  return spawn(hook.path, {
    args,
    env: hook.env === undefined || hook.env.length === 0 ? (options.env ?? []) : hook.env,
    directory: options.directory,
    input: state,
    timeout: hook.timeout === undefined ? undefined : hook.timeout * 1000,
    outputLimit: OUTPUT_LIMIT,
    stdout: options.outputs?.stdout,
    stderr: options.outputs?.stderr,
  });
}
