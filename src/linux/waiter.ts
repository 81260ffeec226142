// SPDX-License-Identifier: Apache-2.0
/** Waiting without the engine: what is to be done afterwards is told to engine/waiter.c beforehand, the words for failures included. */
import { E2BIG, EACCES, EBUSY, EINVAL, ENOENT, ENOEXEC } from "#gen/constants.ts";
import { waitThenExec as hostWaitThenExec } from "runt:host";
import { SyscallError } from "./errors.ts";
import { fdNumber, type FdLike } from "./fd.ts";

/** The calls that may fail once the wait is over. */
export type WaiterStep = "getcwd" | "seccomp" | "execve";

/** Errnos that have words of their own; all others share theirs. */
const told: Readonly<Record<WaiterStep, readonly number[]>> = {
  getcwd: [],
  seccomp: [EACCES, EBUSY, EINVAL],
  execve: [ENOENT, ENOEXEC],
};

export interface WaitOrder {
  /** One byte is read from here. */
  readonly start: FdLike;
  /** What failed is written here. */
  readonly reply: FdLike;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** A filter to load right before execve(2), and the flags of seccomp(2). */
  readonly filter?: { readonly program: Uint8Array; readonly flags: number } | undefined;
  /** A filter is loaded already, and may refuse to tell the working directory, which was checked before. */
  readonly filtered: boolean;
  /** These descriptors are handed on to the program. */
  readonly keep: readonly number[];
  /** The reply when a step fails; in it the errno stands once, as `"errno":N`. */
  readonly describe: (step: WaiterStep, error: SyscallError) => string;
}

/**
 * Gives the memory of the engine back, reads one byte, checks that the working directory is inside the root, loads the filter and
 * becomes the program. Never returns: after the wait a failure is a reply, and the end of the process with code 1.
 */
export function waitThenExec(order: WaitOrder): never {
  const { path, args, env, keep, filter, filtered } = order;
  const steps: readonly WaiterStep[] = [
    ...(filtered ? [] : (["getcwd"] as const)),
    ...(filter === undefined ? [] : (["seccomp"] as const)),
    "execve",
  ];
  return hostWaitThenExec({
    start: fdNumber(order.start),
    reply: fdNumber(order.reply),
    path,
    args,
    env,
    filter: filter?.program,
    filterFlags: filter?.flags ?? 0,
    keep,
    failures: steps.flatMap((step) => failuresOf(step, order)),
  });
}

/** The step, the text before the errno, the text after it; for each errno that has words of its own, and for the others. */
function failuresOf(step: WaiterStep, { path, describe }: WaitOrder): string[] {
  const args = step === "execve" ? [path] : [];
  return [undefined, ...told[step]].flatMap((errno) => {
    const number = errno ?? E2BIG;
    const text = describe(step, new SyscallError(step, number, args));
    const mark = `"errno":`;
    const at = text.indexOf(`${mark}${number},`) + mark.length;
    return [errno === undefined ? step : `${step} ${number}`, text.slice(0, at), text.slice(at + String(number).length)];
  });
}
