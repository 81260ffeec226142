// SPDX-License-Identifier: Apache-2.0
/** Running a helper program to its end: data in, bounded output out, a timeout. */
import { POLLIN, POLLOUT, SIGKILL } from "#gen/constants.ts";
import { decodeUtf8, encodeUtf8, stopTrace } from "runt:host";
import { describe, isErrno } from "./errors.ts";
import { closeRange, duplicate, duplicateTo, type Fd, type FdLike, pipe, setNonBlocking } from "./fd.ts";
import { readBytes, writeAll, writeBytes } from "./file.ts";
import { poll, type PollRequest } from "./poll.ts";
import { chdir, clone, execve, exitProcess, type ExitStatus, kill, waitPid } from "./process.ts";
import { resetSignals } from "./signals.ts";
import { monotonicTime } from "./time.ts";

export interface SpawnOptions {
  /** argv, with argv[0]. */
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Where the program begins. When it cannot be entered, in the caller's own current directory. */
  readonly directory?: string | undefined;
  /** Text on standard input; an empty standard input when there is none. */
  readonly input?: string | undefined;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number | undefined;
  /** Bytes kept of each of stdout and stderr; the rest is read and dropped. 64 KiB if not given. */
  readonly outputLimit?: number | undefined;
  /** Standard output and error of the program, in place of being captured. */
  readonly stdout?: FdLike | undefined;
  readonly stderr?: FdLike | undefined;
}

export interface SpawnResult {
  readonly status: ExitStatus;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the child tells when it could not become the program. Nothing on the pipe: it could. */
const START_FAILURE_LIMIT = 4096;

interface Ends {
  readonly read: Fd;
  readonly write: Fd;
}

type Pipes = Readonly<Record<"input" | "output" | "error" | "failure", Ends>>;

/** Where the child tells why it could not become the program. */
const FAILURE = 3;

function enter(directory: string): void {
  try {
    chdir(directory);
  } catch (error) {
    // ENOENT: it was removed meanwhile. EACCES: it is closed to root of a user namespace.
    if (!isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) throw error;
  }
}

function becomeProgram(path: string, options: SpawnOptions, pipes: Pipes): never {
  try {
    stopTrace(); // the trace is a descriptor like any other, and is about to be closed
    // Copies above all numbers that are about to be overwritten.
    const output = options.stdout ?? pipes.output.write;
    const error = options.stderr ?? pipes.error.write;
    const ends = [pipes.input.read, output, error, pipes.failure.write];
    const copies = ends.map((fd) => duplicate(fd, FAILURE + 1));
    copies.forEach((fd, number) => duplicateTo(fd, number, number === FAILURE));
    closeRange(FAILURE + 1); // nothing of ours reaches the program, whatever was opened without close-on-exec
    if (options.directory !== undefined) enter(options.directory);
    try {
      resetSignals();
      execve(path, options.args, options.env);
    } catch (error) {
      writeAll(FAILURE, describe(error));
    }
  } finally {
    exitProcess(127);
  }
}

class Collector {
  readonly #limit: number;
  readonly #kept: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes.subarray(0, Math.max(0, this.#limit - this.#kept.length))) this.#kept.push(byte);
  }

  text(): string {
    return decodeUtf8(new Uint8Array(this.#kept));
  }
}

/** Reads what is there without waiting; false at the end of the file. */
function drain(fd: Fd, collector: Collector): boolean {
  const chunk = new Uint8Array(8192);
  for (;;) {
    try {
      const count = readBytes(fd, chunk);
      if (count === 0) return false;
      collector.add(chunk.subarray(0, count));
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return true;
      throw error;
    }
  }
}

/** Writes what fits; returns what is left. */
function feed(fd: Fd, rest: Uint8Array): Uint8Array {
  try {
    return rest.subarray(writeBytes(fd, rest));
  } catch (error) {
    if (isErrno(error, "EAGAIN")) return rest;
    throw error;
  }
}

interface Conversation {
  readonly pidfd: Fd;
  readonly input: Fd;
  readonly streams: readonly { readonly fd: Fd; readonly collector: Collector; open: boolean }[];
  rest: Uint8Array;
}

/** One round of the copy loop; true when the program has ended. */
function converse(talk: Conversation, timeout: number): boolean {
  if (talk.rest.length === 0) talk.input.close();
  const open = talk.streams.filter((stream) => stream.open);
  const requests: PollRequest[] = [{ fd: talk.pidfd, events: POLLIN }, ...open.map(({ fd }) => ({ fd, events: POLLIN }))];
  if (talk.input.isOpen) requests.push({ fd: talk.input, events: POLLOUT });
  const [ended = 0, ...events] = poll(requests, timeout);
  open.forEach((stream, index) => {
    if (events[index] !== 0) stream.open = drain(stream.fd, stream.collector);
  });
  if (talk.input.isOpen && (events[open.length] ?? 0) !== 0) talk.rest = feed(talk.input, talk.rest);
  return ended !== 0;
}

/**
 * Copies until the program itself has ended. A descendant that it left behind may hold the pipes open: what is in them by
 * then is read, and nobody waits for more.
 */
function converseToEnd(talk: Conversation, deadline: bigint | undefined): boolean {
  let ended = false;
  let timedOut = false;
  while (!ended) {
    const left = deadline === undefined ? -1 : Number((deadline - monotonicTime()) / 1_000_000n) + 1;
    if (deadline !== undefined && left <= 0) {
      timedOut = true;
      break;
    }
    ended = converse(talk, left);
  }
  return timedOut;
}

/**
 * Runs `path` to its end. Throws when it cannot be started; how it ended, and whether it was killed for its timeout, is in
 * the result. Standard output and error are captured, unless the options say where they go.
 */
export function spawn(path: string, options: SpawnOptions): SpawnResult {
  const pipes: Pipes = { input: pipe(), output: pipe(), error: pipe(), failure: pipe() };
  try {
    const child = clone({ pidfd: true });
    if (child.pid === 0) becomeProgram(path, options, pipes);
    if (child.pidfd === undefined) throw new Error("clone3 gave no pidfd");
    using pidfd = child.pidfd;
    // The reading end of the input stays open here too, so that a program which closes its own end costs us no SIGPIPE.
    for (const end of [pipes.output.write, pipes.error.write, pipes.failure.write]) end.close();
    const failure = new Collector(START_FAILURE_LIMIT);
    drain(pipes.failure.read, failure); // blocks until execve(2) closed the pipe, or the child told why not
    if (failure.text() !== "") {
      waitPid(child.pid);
      throw new Error(failure.text());
    }
    return finish(child.pid, pidfd, pipes, options);
  } finally {
    for (const { read, write } of Object.values(pipes) as Ends[]) {
      read.close();
      write.close();
    }
  }
}

function finish(pid: number, pidfd: Fd, pipes: Pipes, options: SpawnOptions): SpawnResult {
  const limit = options.outputLimit ?? 64 * 1024;
  const [stdout, stderr] = [new Collector(limit), new Collector(limit)];
  for (const fd of [pipes.input.write, pipes.output.read, pipes.error.read]) setNonBlocking(fd, true);
  const talk: Conversation = {
    pidfd,
    input: pipes.input.write,
    streams: [
      { fd: pipes.output.read, collector: stdout, open: true },
      { fd: pipes.error.read, collector: stderr, open: true },
    ],
    rest: encodeUtf8(options.input ?? ""),
  };
  const deadline = options.timeout === undefined ? undefined : monotonicTime() + BigInt(Math.round(options.timeout * 1e6));
  const timedOut = converseToEnd(talk, deadline);
  if (timedOut) kill(pid, SIGKILL);
  const status = waitPid(pid);
  for (const stream of talk.streams) if (stream.open) drain(stream.fd, stream.collector);
  return { status, timedOut, stdout: stdout.text(), stderr: stderr.text() };
}
