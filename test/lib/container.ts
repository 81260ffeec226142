// SPDX-License-Identifier: Apache-2.0
/** A bundle, a state directory of its own, and the runtime's commands on them. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { defaultConfig } from "./config.ts";
import type { TestConfig } from "./config.ts";
import { runName, runtime, temporary } from "./lane.ts";
import { makeRootfs } from "./rootfs.ts";
import { Background, run, waitUntil } from "./run.ts";
import type { Result, RunOptions } from "./run.ts";

let count = 0;

export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly annotations?: Record<string, string>;
}

/** Global options and environment of one container's commands. */
export interface ContainerOptions {
  global?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Another program than the runtime under test. */
  runtime?: string;
}

export class Container {
  readonly id: string;
  /** Holds everything of this container; removed at the end. */
  readonly directory: string;
  readonly bundle: string;
  readonly rootfs: string;
  readonly stateRoot: string;
  readonly config: TestConfig;
  readonly cgroupsPath: string;
  readonly #options: ContainerOptions;

  constructor(options: ContainerOptions = {}) {
    this.id = `${runName}.${++count}`;
    this.directory = mkdtempSync(join(temporary, "c-"));
    chmodSync(this.directory, 0o755);
    this.bundle = join(this.directory, "bundle");
    this.rootfs = join(this.bundle, "rootfs");
    this.stateRoot = join(this.directory, "state");
    mkdirSync(this.rootfs, { recursive: true });
    makeRootfs(this.rootfs);
    this.cgroupsPath = `/${this.id}`;
    this.config = defaultConfig(this.cgroupsPath);
    this.#options = options;
  }

  /** Writes config.json as `config` is now; a string "u64:N" becomes the number N, however large. */
  save(): void {
    const text = JSON.stringify(this.config, null, 2).replace(/"u64:(\d+)"/g, "$1");
    writeFileSync(join(this.bundle, "config.json"), text);
  }

  argv(...args: string[]): string[] {
    return [this.#options.runtime ?? runtime, "--root", this.stateRoot, ...(this.#options.global ?? []), ...args];
  }

  #withEnv(options: RunOptions): RunOptions {
    return this.#options.env && !options.env ? { ...options, env: { ...process.env, ...this.#options.env } } : options;
  }

  /** Runs the runtime with any arguments. */
  command(args: readonly string[], options: RunOptions = {}): Result {
    return run(this.argv(...args), this.#withEnv(options));
  }

  /** Starts the runtime and does not wait; the caller disposes of it. */
  background(args: readonly string[], options: RunOptions = {}): Background {
    return new Background(this.argv(...args), this.#withEnv(options));
  }

  create(flags: readonly string[] = [], options: RunOptions = {}): Result {
    this.save();
    return this.command(["create", "--bundle", this.bundle, ...flags, this.id], options);
  }

  /** Foreground `run`. */
  run(flags: readonly string[] = [], options: RunOptions = {}): Result {
    this.save();
    return this.command(["run", "--bundle", this.bundle, ...flags, this.id], options);
  }

  /** Runs a shell script as the container's process. */
  sh(script: string, options: RunOptions = {}): Result {
    this.config.process.args = ["sh", "-c", script];
    return this.run([], options);
  }

  start(): Result {
    return this.command(["start", this.id]);
  }

  exec(args: readonly string[], flags: readonly string[] = [], options: RunOptions = {}): Result {
    return this.command(["exec", ...flags, this.id, ...args], options);
  }

  kill(...signal: string[]): Result {
    return this.command(["kill", this.id, ...signal]);
  }

  delete(...flags: string[]): Result {
    return this.command(["delete", ...flags, this.id]);
  }

  /** What `state` says; throws when it fails. */
  state(): State {
    const result = must(this.command(["state", this.id]));
    const state: State = JSON.parse(result.stdout);
    return state;
  }

  /** The container's status, or "none" when the runtime does not know it. */
  status(): string {
    const result = this.command(["state", this.id]);
    if (result.code !== 0) return "none";
    const state: State = JSON.parse(result.stdout);
    return state.status;
  }

  /** Creates and starts a container that sleeps, with its output in files of the container's directory. */
  startSleeping(seconds = 100): number {
    this.config.process.args = ["sleep", String(seconds)];
    must(this.create());
    must(this.start());
    const pid = this.state().pid;
    // start returns before the execve(2) that the tests want to look behind.
    if (!waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep")))
      throw new Error("the process does not run");
    return pid;
  }

  /** A file in the container's root file system, as text. */
  read(path: string): string {
    return readFileSync(join(this.rootfs, path), "utf8");
  }

  dispose(): void {
    this.command(["delete", "--force", this.id]);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A container that is deleted, with all that is its own, when `t` ends. `change` edits its config. */
export function container(t: Test, change?: (config: TestConfig) => void, options: ContainerOptions = {}): Container {
  const made = new Container(options);
  t.teardown(() => made.dispose());
  change?.(made.config);
  return made;
}

/** Where runt keeps the state of a container. */
export function stateFile(c: Container): string {
  return join(c.stateRoot, c.id);
}

/** Names in the state directory that have to do with the container. */
export function stateNames(c: Container): string[] {
  return existsSync(c.stateRoot) ? readdirSync(c.stateRoot).filter((name) => name.includes(c.id)) : [];
}

/** Where runt keeps what else belongs to it; mostly missing. */
export function filesDirectory(c: Container): string {
  return join(c.stateRoot, `.${c.id}~files`);
}

/** The record of a container as runt keeps it: the last line of its state, after a word. */
export function recordText(c: Container): string {
  return readFileSync(stateFile(c), "utf8").trimEnd().split("\n").at(-1)?.replace("record ", "") ?? "";
}

/** The result of a command that a test needs to succeed, but is not about; throws with its output. */
export function must(result: Result): Result {
  if (result.code === 0) return result;
  throw new Error(`exit code ${result.code ?? result.signal ?? "unknown"}: ${result.stderr.trim()} ${result.stdout.trim()}`);
}
