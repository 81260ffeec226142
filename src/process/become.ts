// SPDX-License-Identifier: Apache-2.0
/** The last step of init and of exec. */
import { SyscallError, within } from "../linux/errors.ts";
import { execve, newSession } from "../linux/process.ts";
import { resetSignals } from "../linux/signals.ts";
import { ProgramError } from "./executable.ts";

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
  try {
    return execve(path, args, env);
  } catch (cause) {
    throw execFailure(path, cause);
  }
}

/** What becomeProgram() throws when execve(2) fails like that. */
export function execFailure(path: string, cause: unknown): ProgramError {
  const hint = cause instanceof SyscallError ? execHints[cause.code] : undefined;
  return new ProgramError(`exec ${JSON.stringify(path)}`, { hint, cause });
}

const execHints: Readonly<Record<string, string>> = {
  ENOENT: "the file is there: it names an interpreter that is not",
  ENOEXEC: "a program for another architecture, or a script without a #! line",
};
