// SPDX-License-Identifier: Apache-2.0
/**
 * The gate between `create` and `start`: two fifos beside the state.
 *
 * `start`: init holds it open for both directions, so that it never sees an end of file, and waits for one byte. The command `start`
 * opens it for writing, which fails at once when no init is waiting any more. It is there exactly as long as the container
 * is created and not started.
 *
 * `reply`: init holds the writing end, close-on-exec. The end of file without a word says that the program runs; a message says
 * why it could not be executed. It is made first and removed last: where there is none, there is no other.
 */
import { makeNode, unlink } from "../linux/directory.ts";
import { isErrno, type SyscallError } from "../linux/errors.ts";
import { type Fd, setNonBlocking } from "../linux/fd.ts";
import { openFile, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, readBytes, readFd, writeAll } from "../linux/file.ts";
import { S_IFIFO, statIfAny } from "../linux/stat.ts";
import { waitThenExec, type WaitOrder, type WaiterStep } from "../linux/waiter.ts";
import { encodeError, encodeMessage } from "./messages.ts";

/** Where the fifos are. */
export interface GatePaths {
  readonly start: string;
  readonly reply: string;
}

export interface StartGate {
  /** Init reads one byte from here. */
  readonly start: Fd;
  /** Init writes here why it could not execute the program; close-on-exec. */
  readonly reply: Fd;
}

/** Makes both fifos and opens init's ends. */
export function makeStartGate(paths: GatePaths): StartGate {
  makeNode(paths.reply, S_IFIFO | 0o600, 0n);
  makeNode(paths.start, S_IFIFO | 0o600, 0n);
  const start = openFile(paths.start, O_RDWR);
  // A writer may open a fifo only while somebody reads it; this reader is closed right after.
  const reader = openFile(paths.reply, O_RDONLY | O_NONBLOCK);
  const reply = openFile(paths.reply, O_WRONLY);
  reader.close();
  return { start, reply };
}

/** Whether the container waits for `start`. */
export function isWaitingForStart({ start }: GatePaths): boolean {
  return statIfAny(start) !== undefined;
}

/** What came of opening the gate. */
export type GateOutcome =
  { readonly kind: "started" } | { readonly kind: "nobody" } | { readonly kind: "failed"; readonly text: string };

/**
 * Lets init go and waits until it has become its program or said why not. `nobody`: no init is waiting; it was started
 * before, or it died.
 */
export function openStartGate(paths: GatePaths): GateOutcome {
  let start: Fd;
  try {
    start = openFile(paths.start, O_WRONLY | O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, "ENXIO", "ENOENT")) return { kind: "nobody" };
    throw error;
  }
  using _start = start;
  using reply = openFile(paths.reply, O_RDONLY | O_NONBLOCK);
  setNonBlocking(reply, false);
  writeAll(start, "s");
  const text = readFd(reply);
  return text === "" ? { kind: "started" } : { kind: "failed", text };
}

/** Takes the gate away: the container counts as started. */
export function removeStartGate({ start, reply }: GatePaths): void {
  for (const path of [start, reply]) {
    try {
      unlink(path);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error; // ENOENT: an earlier start came this far and was killed
    }
  }
}

/** In init: waits until somebody opens the gate. */
export function waitAtGate({ start }: StartGate): void {
  readBytes(start, new Uint8Array(1));
  start.close();
}

/** In init: as waitAtGate(), without the engine, and then becomes the program or tells the starter why not. */
export function waitWithoutEngine(
  { start, reply }: StartGate,
  program: Pick<WaitOrder, "path" | "args" | "env" | "filter" | "filtered" | "keep">,
  failure: (step: WaiterStep, error: SyscallError) => Error,
): never {
  waitThenExec({ ...program, start, reply, describe: (step, error) => replyText(failure(step, error)) });
}

function replyText(error: unknown): string {
  return encodeMessage({ type: "error", chain: encodeError(error) });
}

/** In init, after waitAtGate(): tells the starter why there is no program. */
export function replyAtGate({ reply }: StartGate, error: unknown): void {
  writeAll(reply, replyText(error));
}
