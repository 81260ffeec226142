// SPDX-License-Identifier: Apache-2.0
/** A Docker daemon with one runtime as its default, and its command line. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { findProgram, runName, temporary } from "../../lib/lane.ts";
import { Background, run } from "../../lib/run.ts";
import type { Result, RunOptions } from "../../lib/run.ts";
import type { Engine, Runtime } from "./compare.ts";
import { Daemon } from "./daemon.ts";
import { IMAGE, makeImage } from "./image.ts";

/** The client of the daemon's own package, which another one in the path may hide. */
const CLIENT = existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";

/** Programs without which there is no Docker to test. */
export const DOCKER_NEEDS = ["dockerd", CLIENT, "containerd", "iptables"];

/** The line of the table: name and version of the daemon. */
export function dockerName(): string {
  return `Docker ${/\d+(\.\d+)+/.exec(run([findProgram("dockerd") ?? "dockerd", "--version"]).stdout)?.[0] ?? ""}`.trim();
}

export class Docker implements Engine {
  readonly directory: string;
  readonly host: string;
  readonly #daemon: Daemon;

  /** Starts a daemon whose default runtime is `runtime`; `more` adds to its configuration file. */
  constructor(runtime: Runtime, more: Readonly<Record<string, unknown>> = {}) {
    this.directory = mkdtempSync(join(temporary, "docker-"));
    const run = mkdtempSync("/run/docker-"); // short, for the sake of socket paths
    this.host = `unix://${run}/docker.sock`;
    const config = {
      "data-root": join(this.directory, "data"),
      "exec-root": join(run, "exec"),
      pidfile: join(run, "pid"),
      hosts: [this.host],
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
      "cgroup-parent": `/${runName}.docker`,
      ...(runtime.name === "runc" ? {} : { runtimes: { [runtime.name]: { path: runtime.path } } }),
      "default-runtime": runtime.name,
      ...more,
    };
    const file = join(this.directory, "daemon.json");
    writeFileSync(file, JSON.stringify(config));
    mkdirSync("/run/containerd", { recursive: true });
    this.#daemon = new Daemon([findProgram("dockerd") ?? "dockerd", "--config-file", file], {
      log: join(this.directory, "dockerd.log"),
      ready: () => existsSync(this.host.slice("unix://".length)) && this.command(["version"]).code === 0,
    });
    try {
      this.ok("load", "--input", makeImage());
      this.ok("run", "--rm", IMAGE, "true");
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  argv(args: readonly string[]): string[] {
    return [CLIENT, "--host", this.host, ...args];
  }

  /** Runs a command of the client, 30 seconds at most. */
  command(args: readonly string[], options: RunOptions = {}): Result {
    const env = { ...process.env, DOCKER_BUILDKIT: "0", DOCKER_CONFIG: join(this.directory, "client") };
    return run(this.argv(args), { timeout: 30, env, ...options });
  }

  /** What a command prints, trimmed; throws when it fails. */
  ok(...args: string[]): string {
    return must(this.command(args)).stdout.trim();
  }

  /** Starts a command and does not wait; the caller disposes of it. */
  background(args: readonly string[], options: RunOptions = {}): Background {
    return new Background(this.argv(args), options);
  }

  /** `docker inspect` of one thing, through a template. */
  inspect(thing: string, template: string): string {
    return this.ok("inspect", "--format", template, thing);
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
