// SPDX-License-Identifier: Apache-2.0
/** A containerd that drives one runtime, and `ctr`, its command line. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { cgroupDirectories, processesWith } from "../../lib/kernel.ts";
import { findProgram, runName, temporary } from "../../lib/lane.ts";
import { Background, run, waitUntil } from "../../lib/run.ts";
import type { Result, RunOptions } from "../../lib/run.ts";
import type { Engine, Runtime } from "./compare.ts";
import { Daemon } from "./daemon.ts";
import { IMAGE, makeImage } from "./image.ts";
import { onTerminal } from "../../lib/terminal.ts";
import type { Session, Typing } from "../../lib/terminal.ts";

export const CONTAINERD_NEEDS = ["containerd", "containerd-shim-runc-v2", "ctr"];

/** The line of the table. */
export function containerdName(): string {
  return `containerd ${/\d+(\.\d+)+/.exec(run(["containerd", "--version"]).stdout)?.[0] ?? ""}`.trim();
}

/** How a daemon differs from a plain one. */
export interface ContainerdOptions {
  /** Its configuration file, when its directory is known; one that says nothing unless told. */
  readonly config?: (directory: string) => string;
  /** The namespace of containerd that is used; one of the test's own unless told. */
  readonly namespace?: string;
  /** The cgroup, below the root, in which its containers are; the namespace unless told, as `ctr` does it. */
  readonly cgroupParent?: string;
}

export class Containerd implements Engine {
  readonly name = "containerd";
  /** Below it all that the daemon keeps. */
  readonly directory: string;
  readonly runtime: Runtime;
  readonly namespace: string;
  readonly cgroupParent: string;
  readonly socket: string;
  readonly #argv: readonly string[];
  #daemon: Daemon;

  /** Starts a daemon with a configuration of its own. The runtime is also the `runc` of its path, for where it takes no other. */
  constructor(runtime: Runtime, options: ContainerdOptions = {}) {
    this.runtime = runtime;
    this.namespace = options.namespace ?? `${runName}.ctr`;
    this.cgroupParent = options.cgroupParent ?? this.namespace;
    this.directory = mkdtempSync(join(temporary, "ctd-"));
    chmodSync(this.directory, 0o711);
    const fleeting = mkdtempSync("/run/containerd-");
    chmodSync(fleeting, 0o711);
    this.socket = join(fleeting, "sock");
    const config = join(this.directory, "config.toml");
    writeFileSync(config, options.config?.(this.directory) ?? "version = 2\n");
    const path = join(this.directory, "path");
    mkdirSync(path);
    symlinkSync(runtime.path, join(path, "runc"));
    const places = ["--root", join(this.directory, "root"), "--state", join(fleeting, "state"), "--address", this.socket];
    this.#argv = [findProgram("containerd") ?? "containerd", "--config", config, ...places];
    this.#daemon = this.#startDaemon();
  }

  #startDaemon(): Daemon {
    return new Daemon(this.#argv, {
      log: join(this.directory, "containerd.log"),
      env: { PATH: `${join(this.directory, "path")}:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      ready: () => existsSync(this.socket) && this.ctr(["version"]).code === 0,
    });
  }

  /** Ends the daemon, not its containers, and starts it again; `meanwhile` is what happens while it does not run. */
  restart(meanwhile?: () => void): void {
    this.#daemon.stop();
    meanwhile?.();
    this.#daemon = this.#startDaemon();
  }

  /** One with the image of `image.ts`, which has run once. */
  static withImage(runtime: Runtime): Containerd {
    const engine = new Containerd(runtime);
    try {
      engine.ok("images", "import", makeImage());
      engine.ok(...engine.run("first", ["--rm"], "true"));
    } catch (error) {
      engine.dispose();
      throw error;
    }
    return engine;
  }

  argv(args: readonly string[]): string[] {
    return ["ctr", "--address", this.socket, "--namespace", this.namespace, ...args];
  }

  /** Runs a command of ctr, 30 seconds at most. */
  ctr(args: readonly string[], options: RunOptions = {}): Result {
    return run(this.argv(args), { timeout: 30, ...options });
  }

  /** Starts a command and does not wait; the caller disposes of it. */
  background(args: readonly string[]): Background {
    return new Background(this.argv(args));
  }

  /** What a command prints, trimmed; throws when it fails. */
  ok(...args: string[]): string {
    return must(this.ctr(args)).stdout.trim();
  }

  /** The arguments of `ctr run`: the flags that name the runtime, then these, the image, the id, and a program. */
  run(id: string, flags: readonly string[], ...program: string[]): string[] {
    return ["run", "--runc-binary", this.runtime.path, ...flags, IMAGE, id, ...program];
  }

  /** What a shell script prints, in a container of its own. */
  sh(script: string, ...flags: string[]): string {
    return this.ok(...this.run("once", ["--rm", ...flags], "sh", "-c", script));
  }

  /** Starts a container that runs a shell script with its streams nowhere; the pid of its first process. */
  start(id: string, script: string, ...flags: string[]): number {
    this.ok(...this.run(id, ["--detach", "--null-io", ...flags], "sh", "-c", script));
    return this.pid(id);
  }

  /** Runs a program in a container, with its streams. */
  exec(id: string, argv: readonly string[], ...flags: string[]): Result {
    return this.ctr(["tasks", "exec", "--exec-id", `e${performance.now()}`, ...flags, id, ...argv]);
  }

  onTerminal(args: readonly string[], typing: readonly Typing[]): Promise<Session> {
    return onTerminal(this.argv(args), typing);
  }

  /** Status and pid of a task; undefined when there is none. */
  task(id: string): { pid: number; status: string } | undefined {
    const line = this.ok("tasks", "list")
      .split("\n")
      .map((text) => text.trim().split(/\s+/))
      .find(([name]) => name === id);
    return line && { pid: Number(line[1]), status: line[2] ?? "" };
  }

  pid(id: string): number {
    return this.task(id)?.pid ?? -1;
  }

  /** Waits for the end of a task. */
  ended(id: string): boolean {
    return waitUntil(() => this.task(id)?.status === "STOPPED");
  }

  /** A file of a container's root, as text; empty when it is not there. */
  read(pid: number, path: string): string {
    try {
      return readFileSync(`/proc/${pid}/root${path}`, "utf8");
    } catch {
      return "";
    }
  }

  containers(): string[] {
    return this.ok("containers", "list", "--quiet").split("\n").filter(Boolean);
  }

  /** What containers left: in words, and nothing when all is clean. */
  leftovers(): string[] {
    const states = `/run/containerd/runc/${this.namespace}`;
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return [
      ...cgroupDirectories(`/${this.cgroupParent}`).flatMap((parent) =>
        readdirSync(parent, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `cgroup ${join(parent, entry.name)}`),
      ),
      ...(existsSync(states) ? readdirSync(states) : []).map((name) => `state of ${name}`),
      ...mounts.filter((line) => line.includes("/rootfs ")).map((line) => `mount ${line}`),
      ...this.shims().map((pid) => `shim ${pid}`),
    ];
  }

  /** The shims of this daemon. */
  shims(): number[] {
    return processesWith("containerd-shim").filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(this.socket));
  }

  reset(): void {
    for (const id of this.containers()) {
      this.ctr(["tasks", "kill", "--signal", "KILL", "--all", id]);
      this.ctr(["tasks", "rm", "--force", id]);
      this.ctr(["containers", "rm", id]);
    }
  }

  dispose(): void {
    if (this.#daemon.alive) this.reset();
    this.#daemon.stop();
    for (const pid of this.shims()) process.kill(pid, "SIGKILL");
  }
}
