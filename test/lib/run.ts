// SPDX-License-Identifier: Apache-2.0
/** Runs a program to its end, with its output in files: a container that inherits them cannot keep the test waiting. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporary } from "./lane.ts";

export interface Result {
  /** Exit code, or undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  /** Seconds; 20 unless told. */
  timeout?: number;
  /** Text for standard input; `/dev/null` unless told. */
  input?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Descriptors for 3, 4, .... */
  extraFds?: readonly number[];
}

interface Files {
  readonly directory: string;
  readonly fds: readonly [number, number, number];
}

function openFiles(input: string | undefined): Files {
  const directory = mkdtempSync(join(temporary, "io-"));
  if (input !== undefined) writeFileSync(join(directory, "in"), input);
  const stdin = openSync(input === undefined ? "/dev/null" : join(directory, "in"), "r");
  return { directory, fds: [stdin, openSync(join(directory, "out"), "a"), openSync(join(directory, "err"), "a")] };
}

function read(files: Files, name: string): string {
  try {
    return readFileSync(join(files.directory, name), "utf8");
  } catch {
    return ""; // disposed of before its program ended
  }
}

function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

/** Runs `argv` and waits for it, `timeout` seconds at most. What it leaves running may go on writing; that is not waited for. */
export function run(argv: readonly string[], options: RunOptions = {}): Result {
  const [command = "", ...args] = argv;
  const files = openFiles(options.input);
  try {
    const child = spawnSync(command, args, {
      stdio: [...files.fds, ...(options.extraFds ?? [])],
      timeout: (options.timeout ?? 20) * 1000,
      killSignal: "SIGKILL",
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    const timedOut = child.error !== undefined && "code" in child.error && child.error.code === "ETIMEDOUT";
    const problem = child.error && !timedOut ? `${child.error.message}\n` : timedOut ? "killed: out of time\n" : "";
    return {
      code: child.status ?? undefined,
      signal: child.signal ?? undefined,
      stdout: read(files, "out"),
      stderr: problem + read(files, "err"),
      timedOut,
    };
  } finally {
    closeAll(files.fds);
    rmSync(files.directory, { recursive: true, force: true });
  }
}

/** A program that runs beside the test. */
export class Background {
  readonly child: ChildProcess;
  readonly #files: Files;
  readonly #ended: Promise<Result>;

  constructor(argv: readonly string[], options: RunOptions = {}) {
    const [command = "", ...args] = argv;
    this.#files = openFiles(options.input);
    this.child = spawn(command, args, {
      stdio: [...this.#files.fds, ...(options.extraFds ?? [])],
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    closeAll(this.#files.fds);
    this.#ended = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null): void =>
        resolve({
          code: code ?? undefined,
          signal: signal ?? undefined,
          stdout: this.stdout,
          stderr: this.stderr,
          timedOut: false,
        });
      this.child.on("exit", end);
      this.child.on("error", () => end(127, null));
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }
  get stdout(): string {
    return read(this.#files, "out");
  }
  get stderr(): string {
    return read(this.#files, "err");
  }
  /** Its end, or what it said so far after `seconds`, killed. */
  async end(seconds = 20): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), seconds * 1000);
    });
    const first = await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    if (first !== "late") return first;
    this.child.kill("SIGKILL");
    return { ...(await this.#ended), timedOut: true };
  }
  /** For teardown: kills it if it runs, and removes its output. */
  dispose(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    rmSync(this.#files.directory, { recursive: true, force: true });
  }
}

/** Sleeps without giving way to anything else. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Asks `condition` every 10 ms until it holds; false when `seconds` have passed. Blocks: for what other processes do. */
export function waitUntil(condition: () => boolean, seconds = 10): boolean {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) return false;
    pause(10);
  }
  return true;
}

/** As `waitUntil`, but lets the events of this process happen. */
export async function eventually(condition: () => boolean, seconds = 10): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
