// SPDX-License-Identifier: Apache-2.0
/** Turns what went wrong during a launch into the error that people and engines read. */
import type { CgroupManager } from "../cgroup/manager.ts";
import { ChannelClosedError } from "../process/channel.ts";
import { describeExitStatus, killChild } from "../process/child.ts";
import { ContainerError, errorCodes, type ErrorCode } from "./errors.ts";

export interface Victim {
  readonly pid: number;
  readonly manager: Pick<CgroupManager, "oomKills">;
}

/** The prefix that engines know for everything that fails between the clone and the program. */
const prefix = "unable to start container process";

/** SIGSYS, with which a filter kills, and SIGILL, with which a process dies that a filter does not let end. */
const ofFilter: readonly number[] = [31, 4];
const filterHint =
  "linux.seccomp stopped it: without process.noNewPrivileges the profile must allow capset, close, mmap, read, write and execve";

/** SIGKILL ended init before it was ready, and not for want of memory. */
export class InitKilledError extends ContainerError {}

const SIGKILL = 9;

/** Kills and reaps init, and says what happened: its own report, its death, or the OOM killer. */
export function explainFailure(error: unknown, victim: Victim): ContainerError {
  const oomKilled = victim.manager.oomKills() > 0;
  const ended = killChild(victim.pid);
  if (oomKilled) {
    return new ContainerError("init-oom", `${prefix}: container init was OOM-killed (memory limit too low?)`, {
      hint: "raise linux.resources.memory.limit",
      cause: error instanceof ChannelClosedError ? undefined : error,
    });
  }
  if (error instanceof ChannelClosedError) {
    const how = ended === undefined ? "" : `: ${describeExitStatus(ended)}`;
    const killed = ended !== undefined && "signal" in ended && ended.signal === SIGKILL;
    const Kind = killed ? InitKilledError : ContainerError;
    return new Kind("init-died", `${prefix}: container init ended before it was ready${how}`, {
      hint: ended !== undefined && "signal" in ended && ofFilter.includes(ended.signal) ? filterHint : undefined,
    });
  }
  if (error instanceof ContainerError && error.code === "hook-failed") return error;
  return new ContainerError(codeOf(error) ?? "init-failed", prefix, { hint: hintOf(error), cause: error });
}

/** The code that the failing step gave, somewhere in its chain of causes. */
function codeOf(error: unknown): ErrorCode | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = Reflect.get(at, "code");
    if (typeof code === "string" && isErrorCode(code)) return code;
  }
  return undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** The innermost hint: the step nearest to the kernel knows best what to do. */
function hintOf(error: unknown): string | undefined {
  let hint: string | undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const own: unknown = Reflect.get(at, "hint");
    if (typeof own === "string") hint = own;
  }
  return hint;
}
