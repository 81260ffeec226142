// SPDX-License-Identifier: Apache-2.0
/** Runs one program with a limit of time and of output, and leaves nothing of it behind. */
import { spawn } from "node:child_process";

export interface ChildResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly seconds: number;
}

const OUTPUT_LIMIT = 16 << 20;
/** Between the death of the child and the end of its pipes, which a process that outlives it may hold open. */
const DRAIN_MS = 500;

class Output {
  #chunks: Buffer[] = [];
  #size = 0;
  add(chunk: Buffer): void {
    if (this.#size < OUTPUT_LIMIT) this.#chunks.push(chunk);
    this.#size += chunk.length;
  }
  toString(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

const running = new Set<number>();

/** Kills the process groups of all children that still run; for a runner that must end now. */
export function killAll(): void {
  for (const pid of running) killGroup(pid);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the group is gone
  }
}

export interface ChildOptions {
  /** Seconds until it is killed. */
  readonly timeout: number;
  readonly env: NodeJS.ProcessEnv;
  /** Another reason to kill it before. */
  readonly giveUp?: AbortSignal;
}

/** Runs `argv` in a session of its own with nothing on standard input; resolves at its end or, killed, after the timeout. */
export function runChild(argv: readonly string[], options: ChildOptions): Promise<ChildResult> {
  return new Promise((resolve) => {
    const begin = performance.now();
    const [command = "", ...args] = argv;
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: options.env, detached: true });
    const pid = child.pid;
    if (pid !== undefined) running.add(pid);
    const stdout = new Output();
    const stderr = new Output();
    child.stdout.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
    let timedOut = false;
    let drain: NodeJS.Timeout | undefined;
    const kill = (): void => {
      timedOut = true;
      if (pid !== undefined) killGroup(pid);
      // A process that even SIGKILL does not end at once must not hold up the run.
      drain = setTimeout(() => finish(undefined, "SIGKILL"), 5000);
    };
    const timer = setTimeout(kill, options.timeout * 1000);
    options.giveUp?.addEventListener("abort", kill);
    const finish = (code: number | undefined, signal: string | undefined): void => {
      clearTimeout(timer);
      clearTimeout(drain);
      options.giveUp?.removeEventListener("abort", kill);
      if (pid !== undefined) running.delete(pid);
      child.stdout.destroy();
      child.stderr.destroy();
      const seconds = (performance.now() - begin) / 1000;
      resolve({ stdout: stdout.toString(), stderr: stderr.toString(), code, signal, timedOut, seconds });
    };
    child.on("error", (error) => {
      stderr.add(Buffer.from(`${error.message}\n`));
      finish(127, undefined);
    });
    child.on("exit", (code, signal) => {
      if (pid !== undefined) killGroup(pid);
      clearTimeout(drain);
      drain = setTimeout(() => finish(code ?? undefined, signal ?? undefined), DRAIN_MS);
    });
    child.on("close", (code, signal) => finish(code ?? undefined, signal ?? undefined));
  });
}
