// SPDX-License-Identifier: Apache-2.0
/** `hooks`. */
import type { Config, Hook } from "../spec/types.ts";
import { annotatedPath } from "./annotations.ts";
import { quote, type Report } from "./errors.ts";
import type { HookOutputsPlan, HooksPlan } from "./types.ts";

/** The kinds of hook, in the order of the container's life. */
export const hookNames = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;

const none: readonly Hook[] = [];
const noHooks: HooksPlan = {
  prestart: none,
  createRuntime: none,
  createContainer: none,
  startContainer: none,
  poststart: none,
  poststop: none,
};

export function planHooks(config: Config, report: Report): HooksPlan {
  const hooks = config.hooks;
  if (hooks === undefined) return noHooks;
  const list = (name: (typeof hookNames)[number]): readonly Hook[] => checkList(hooks[name], `hooks.${name}`, report);
  if ((hooks.prestart?.length ?? 0) > 0) {
    report.warn("hooks.prestart", "is deprecated; use createRuntime, createContainer or startContainer");
  }
  return {
    prestart: list("prestart"),
    createRuntime: list("createRuntime"),
    createContainer: list("createContainer"),
    startContainer: list("startContainer"),
    poststart: list("poststart"),
    poststop: list("poststop"),
  };
}

/** The files that annotations name for the output of hooks. */
export function planHookOutputs(config: Config, report: Report): HookOutputsPlan | undefined {
  const stdout = annotatedPath(config, "hooksStdout", report);
  const stderr = annotatedPath(config, "hooksStderr", report);
  return stdout === undefined && stderr === undefined ? undefined : { stdout, stderr };
}

function checkList(hooks: readonly Hook[] | undefined, at: string, report: Report): readonly Hook[] {
  if (hooks === undefined) return none;
  for (let index = 0; index < hooks.length; index++) {
    const hook = hooks[index];
    if (hook !== undefined) checkHook(hook, `${at}[${index}]`, report);
  }
  return hooks;
}

function checkHook(hook: Hook, at: string, report: Report): void {
  if (!hook.path.startsWith("/")) report.refuse(`${at}.path`, `is ${quote(hook.path)}, and must be an absolute path`);
  for (const text of [hook.path, ...(hook.args ?? []), ...(hook.env ?? [])]) {
    if (text.includes("\0")) report.refuse(at, `has ${quote(text)}, and must not contain NUL`);
  }
  const { timeout } = hook;
  if (timeout !== undefined && !(timeout > 0))
    report.refuse(`${at}.timeout`, `is ${timeout}, and must be greater than 0 seconds`);
}
