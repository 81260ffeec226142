// SPDX-License-Identifier: Apache-2.0
/**
 * What the runtime and the processes it clones say to each other. Both sides import this file; there is no other protocol.
 *
 *     create / run                                exec
 *     runtime                 init                runtime                joiner               process
 *        |  clone               |                    |  clone               |
 *        |--------------------->|                    |--------------------->|
 *        |  [intermediate: pid] |                    |  cgroup, oom score   |
 *        |<-------- pid --------|                    |-------- go --------->| namespaces, ids, limits, filter
 *        |------ network ------>| + its namespace    |<------ console ------| + terminal, if we keep it
 *        |  cgroup, id maps,    |                    |<------ limits -------| it may not raise them
 *        |  network devices     |                    |-------- go --------->|
 *        |-------- go --------->|                    |<------ seccomp ------| its listener
 *        |<------ cgroup -------| its namespace      |-------- go --------->|
 *        |  a cgroup below it   |                    |<------- ready -------|
 *        |-------- go --------->|                    |   end of file: without a pid namespace to join it is the
 *        |                      |                    |   program now; with one:
 *        |                      |                    |                      |  clone
 *        |<------- hooks -------| namespaces stand   |                      |
 *        |  createRuntime hooks |                    |                      |
 *        |-------- go --------->|                    |                      |
 *        |<------ console ------| + terminal         |                      |
 *        |<------ limits -------| it may not raise   |                      |
 *        |-------- go --------->|                    |                      |
 *        |<------ seccomp ------| its listener       |                      |------------------->| becomes the program
 *        |-------- go --------->|                    |   exit; pid or error on the shared page (last-word.ts)
 *        |<------- ready -------|
 *        |  [run: start]        |
 *        |------- start ------->|
 *        |   end of file: it is the program now
 *
 * The first `go` is sent to an init that the runtime has something to give. `run` sends `start` while init sets itself up when
 * nothing is left to be done between the two.
 *
 * At any point a process may send `error` and end. Lines for things that a config does not ask for are left out, and both
 * sides know it, because both hold the same plan.
 */
import { SyscallError, type ShownArgument } from "../linux/errors.ts";

/** A failed step as data: the chain of causes, outermost first. */
export type ErrorLink =
  | { readonly kind: "clause"; readonly message: string; readonly code?: string | undefined; readonly hint?: string | undefined }
  | { readonly kind: "syscall"; readonly syscall: string; readonly errno: number; readonly args: readonly ShownArgument[] };

export type Message =
  | { readonly type: "go" }
  | { readonly type: "start" }
  | { readonly type: "pid"; readonly pid: number }
  /** With the namespace, or with nothing when it could not be made. */
  | { readonly type: "network" }
  | { readonly type: "cgroup" }
  | { readonly type: "hooks" }
  | { readonly type: "console" }
  /** From a process that may not raise its limits: the runtime may, from outside. */
  | { readonly type: "limits" }
  /** From the process: the number of its listener. To it: send the descriptor itself, with the same message. */
  | { readonly type: "seccomp"; readonly fd: number }
  | { readonly type: "ready" }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "error"; readonly chain: readonly ErrorLink[] };

export type MessageType = Message["type"];

const messageTypes: readonly MessageType[] = [
  "go",
  "start",
  "pid",
  "network",
  "cgroup",
  "hooks",
  "console",
  "limits",
  "seccomp",
  "ready",
  "warning",
  "error",
];

/** Those that say nothing more than what they are. */
const bareTypes: readonly MessageType[] = ["go", "start", "network", "cgroup", "hooks", "console", "limits", "ready"];

/** Longest message that is sent or taken; a chain of causes that is longer is cut at its inner end. */
export const messageLimit = 64 * 1024;
const longestClause = 4096;
const longestChain = 12;

/** The text of a message. */
export function encodeMessage(message: Message): string {
  if (bareTypes.includes(message.type)) return `{"type":"${message.type}"}`;
  return JSON.stringify(message, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
}

/** Reads a message. Throws when the text is none: then the other side is not ours. */
export function decodeMessage(text: string): Message {
  const parsed = JSON.parse(text) as { readonly type?: MessageType } | null;
  if (parsed === null || typeof parsed !== "object" || parsed.type === undefined || !messageTypes.includes(parsed.type)) {
    throw new Error(`unknown message ${JSON.stringify(text.slice(0, 80))} between runtime and init`);
  }
  return parsed as Message;
}

/** Turns an error and its causes into data. */
export function encodeError(error: unknown): ErrorLink[] {
  const chain: ErrorLink[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && chain.length < longestChain;) {
    chain.push(encodeLink(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return chain;
}

function encodeLink(error: unknown): ErrorLink {
  if (error instanceof SyscallError) {
    return { kind: "syscall", syscall: error.syscall, errno: error.errno, args: error.args.map(shorten) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "clause",
    message: shorten(message),
    code: textField(error, "code"),
    hint: textField(error, "hint"),
  };
}

/** A text that is too long loses its middle: what went wrong stands at its end. */
function shorten<T extends ShownArgument>(argument: T): T | string {
  if (typeof argument !== "string" || argument.length <= longestClause) return argument;
  return `${argument.slice(0, longestClause / 2)}…${argument.slice(1 - longestClause / 2)}`;
}

function textField(error: unknown, name: "code" | "hint"): string | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** An error that happened in another process, rebuilt. `code` and `hint` are those of the original, where it had them. */
export class RemoteError extends Error {
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor(message: string, options: { code?: string | undefined; hint?: string | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RemoteError";
    this.code = options.code;
    this.hint = options.hint;
  }
}

/** Rebuilds the chain, so that the runtime prints the true cause and callers can branch on a SyscallError in it. */
export function decodeError(chain: readonly ErrorLink[]): Error {
  let inner: Error | undefined;
  for (const link of [...chain].reverse()) {
    if (link.kind === "syscall") inner = new SyscallError(link.syscall, link.errno, link.args);
    else inner = new RemoteError(link.message, { code: link.code, hint: link.hint, cause: inner });
  }
  return inner ?? new Error("a process of the container failed and did not say why");
}
