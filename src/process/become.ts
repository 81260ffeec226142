// SPDX-License-Identifier: Apache-2.0
/** The last step of init and of exec. */
import { failedWithin, type SyscallError, within } from "../linux/errors.ts";
import { execve, newSession } from "../linux/process.ts";
import { resetSignals } from "../linux/signals.ts";

/** In every clone that will be a program: a session of its own, so that the caller's terminal has no hold on it. setsid(2) */
export function startSession(): void {
  within("start a session", newSession);
}

/** In init, before `ready`: signals as a program expects them; whatever the runtime blocked or its caller ignored is undone. */
export function restoreSignals(): void {
  resetSignals();
}

/** Becomes the program. Returns only by throwing: `exec "/x": …`. execve(2) */
export function becomeProgram(path: string, args: readonly string[], env: readonly string[]): never {
  return within(execClause(path), () => execve(path, args, env), execHints);
}

/** What becomeProgram() throws when execve(2) fails like that. */
export function execFailure(path: string, cause: SyscallError): Error {
  return failedWithin(execClause(path), cause, execHints);
}

function execClause(path: string): string {
  return `exec ${JSON.stringify(path)}`;
}

const execHints = {
  ENOENT: "the file is there: it names an interpreter that is not",
  ENOEXEC: "a program for another architecture, or a script without a #! line",
} as const;
