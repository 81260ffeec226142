// SPDX-License-Identifier: Apache-2.0
/** A Docker daemon with one runtime as its default, and its command line. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { findProgram, runName, temporary } from "../../lib/lane.ts";
import { Background, run, waitUntil } from "../../lib/run.ts";
import type { Result, RunOptions } from "../../lib/run.ts";
import { reference, skipFile, skipWithout } from "./compare.ts";
import type { Engine, Runtime } from "./compare.ts";
import { Daemon } from "./daemon.ts";
import { IMAGE, makeImage } from "./image.ts";
import { onTerminal } from "../../lib/terminal.ts";
import type { Session, Typing } from "../../lib/terminal.ts";

/** The client of the daemon's own package, which another one in the path may hide. */
const CLIENT = existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";

/** Programs without which there is no Docker to test. */
export const DOCKER_NEEDS = ["dockerd", CLIENT, "containerd", "iptables"];

/** The line of the table: name and version of the daemon. */
export function dockerName(): string {
  return `Docker ${/\d+(\.\d+)+/.exec(run([findProgram("dockerd") ?? "dockerd", "--version"]).stdout)?.[0] ?? ""}`.trim();
}

/** The option with which systemd makes the cgroups. */
export const SYSTEMD_CGROUPS = "native.cgroupdriver=systemd";
const OWN_CGROUPS = ["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/${runName}.docker`];

export class Docker implements Engine {
  /** Below it all that the daemon keeps. */
  readonly directory: string;
  /** Where the daemon keeps what goes with it: sockets, and the state directories of the runtimes. */
  readonly execRoot: string;
  readonly #host: string;
  readonly #argv: readonly string[];
  readonly #daemonEnv: NodeJS.ProcessEnv;
  #daemon: Daemon;

  /** Starts a daemon with these flags besides those for its directories and its socket, and loads the image. */
  constructor(flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#daemonEnv = env;
    this.directory = mkdtempSync(join(temporary, "docker-"));
    chmodSync(this.directory, 0o711); // remapped users go through it
    const fleeting = mkdtempSync("/run/docker-"); // short, for the sake of socket paths
    chmodSync(fleeting, 0o711);
    this.execRoot = join(fleeting, "exec");
    const socket = join(fleeting, "docker.sock");
    this.#host = `unix://${socket}`;
    this.#argv = [
      findProgram("dockerd") ?? "dockerd",
      ...["--data-root", join(this.directory, "data"), "--exec-root", this.execRoot],
      ...["--host", this.#host, "--pidfile", join(fleeting, "pid")],
      ...(flags.includes(SYSTEMD_CGROUPS) ? [] : OWN_CGROUPS),
      ...flags,
    ];
    mkdirSync("/run/containerd", { recursive: true });
    this.#daemon = this.#launch();
    try {
      this.ok("load", "--input", makeImage());
      this.ok("run", "--rm", IMAGE, "true");
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** A daemon whose default runtime is `runtime`. */
  static withDefault(runtime: Runtime, flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Docker {
    const add = runtime.name === "runc" ? [] : ["--add-runtime", `${runtime.name}=${runtime.path}`];
    return new Docker([...add, "--default-runtime", runtime.name, ...flags], env);
  }

  #launch(): Daemon {
    const ready = (): boolean => existsSync(this.#host.slice("unix://".length)) && this.command(["version"]).code === 0;
    return new Daemon(this.#argv, { log: join(this.directory, "dockerd.log"), ready, env: this.#daemonEnv });
  }

  /** Makes the daemon read its configuration file again. */
  reload(): void {
    process.kill(this.#daemon.pid, "SIGHUP");
  }

  /** Ends the daemon and starts it anew. */
  restart(): void {
    this.#daemon.stop();
    this.#daemon = this.#launch();
  }

  argv(args: readonly string[]): string[] {
    return [CLIENT, "--host", this.#host, ...args];
  }

  /** The environment of the client: the classic builder, and no configuration of the user. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_BUILDKIT: "0", DOCKER_CONFIG: join(this.directory, "client") };
  }

  /** Runs a command of the client, 30 seconds at most. */
  command(args: readonly string[], options: RunOptions = {}): Result {
    return run(this.argv(args), { timeout: 30, env: this.env, ...options });
  }

  /** The same on a terminal, in which somebody types. */
  onTerminal(args: readonly string[], typing: readonly Typing[]): Promise<Session> {
    return onTerminal(this.argv(args), typing, this.env);
  }

  /** What a command prints, trimmed; throws when it fails. */
  ok(...args: string[]): string {
    return must(this.command(args)).stdout.trim();
  }

  /** What a shell script prints, in a container of its own with these flags of `docker run`. */
  sh(script: string, ...flags: string[]): string {
    return this.ok("run", "--rm", ...flags, IMAGE, "sh", "-c", script);
  }

  /** Starts a detached container that runs a shell script; its id. */
  start(script: string, ...flags: string[]): string {
    return this.ok("run", "--detach", ...flags, IMAGE, "sh", "-c", script);
  }

  /** Starts a command and does not wait; the caller disposes of it. */
  background(args: readonly string[]): Background {
    return new Background(this.argv(args), { env: this.env });
  }

  /** A template filled in for one thing. */
  inspect(thing: string, template: string): string {
    return this.ok("inspect", "--format", template, thing);
  }

  /** The host's pid of a container's first process. */
  pid(container: string): number {
    return Number(this.inspect(container, "{{.State.Pid}}"));
  }

  /** Waits until the container has printed `text`; throws when it does not. */
  waitFor(container: string, text: string): void {
    if (!waitUntil(() => this.command(["logs", container]).stdout.includes(text)))
      throw new Error(`"${text}" is not in the logs`);
  }

  reset(): void {
    const containers = this.command(["ps", "--all", "--quiet"]).stdout.trim().split("\n").filter(Boolean);
    if (containers.length > 0) this.command(["rm", "--force", "--volumes", ...containers]);
  }

  dispose(): void {
    this.reset();
    this.#daemon.stop();
  }
}

/** Says that the file cannot run here: a program is missing, or Docker does not work with runc either. */
export function skipWithoutDocker(): boolean {
  if (skipWithout([...DOCKER_NEEDS, reference.path])) return true;
  try {
    Docker.withDefault(reference).dispose();
    return false;
  } catch (error) {
    skipFile(`the machine: Docker does not work here: ${String(error).replaceAll("#", "").replace(/\s+/g, " ").slice(0, 300)}`);
    return true;
  }
}
