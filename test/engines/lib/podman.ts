// SPDX-License-Identifier: Apache-2.0
/** Podman with one runtime and storage of its own, as root or as an ordinary user. It drives the runtime through conmon, as CRI-O does. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { isAlive, processesWith } from "../../lib/kernel.ts";
import { runName, temporary } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import type { Result, RunOptions } from "../../lib/run.ts";
import type { Engine, Runtime } from "./compare.ts";
import { IMAGE, makeImage } from "./image.ts";
import { onTerminal } from "../../lib/terminal.ts";
import type { Session, Typing } from "../../lib/terminal.ts";

export const PODMAN_NEEDS = ["podman", "conmon"];

/** The line of the table. */
export function podmanName(): string {
  return `Podman ${/\d+(\.\d+)+/.exec(run(["podman", "--version"]).stdout)?.[0] ?? ""}`.trim();
}

/** The ordinary user of the rootless cases: in no file of this machine, but in the private `/etc` of the lane. */
const USER = { name: "box", id: 4242, subids: 500_000 };

function addUser(home: string): void {
  appendFileSync("/etc/passwd", `${USER.name}:x:${USER.id}:${USER.id}::${home}:/bin/sh\n`);
  appendFileSync("/etc/shadow", `${USER.name}:!:19000:0:99999:7:::\n`); // without it he gets no systemd
  appendFileSync("/etc/group", `${USER.name}:x:${USER.id}:\n`);
  for (const file of ["/etc/subuid", "/etc/subgid"]) appendFileSync(file, `${USER.name}:${USER.subids}:65536\n`);
}

/** The systemd of the user, which has the directory of his sockets made. */
function startUserSystemd(): void {
  must(run(["loginctl", "enable-linger", USER.name]));
  if (!waitUntil(() => existsSync(`/run/user/${USER.id}/bus`), 60)) throw new Error("the user's systemd does not start");
}

/** What any machine can do. */
const MACHINE = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
pids_limit = 0
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

/** The same, and one runtime. */
function configuration(runtime: Runtime, path: string, systemd: boolean): string {
  const machine = systemd ? MACHINE.replace('"cgroupfs"', '"systemd"') : MACHINE;
  return `${machine}runtime = "${runtime.name}"
runtime_supports_json = ["${runtime.name}"]
runtime_supports_nocgroup = ["${runtime.name === "runc" ? "crun" : runtime.name}"]
[engine.runtimes]
${runtime.name} = ["${path}"]
`;
}

/** Puts what a machine of this kind needs where the distribution's own configuration is, which all others come after; in this file's view. */
function systemConfiguration(): NodeJS.ProcessEnv {
  const file = "/run/distribution.conf";
  if (!existsSync(file)) {
    writeFileSync(file, `${MACHINE}runtime = "runc"\n`);
    must(run(["mount", "--bind", file, "/usr/share/containers/containers.conf"]));
  }
  return { CONTAINERS_CONF: undefined };
}

export interface PodmanOptions {
  /** As an ordinary user with subordinate ids. */
  readonly rootless?: boolean;
  /** With the configuration files of the system and of the user, which the caller writes, and in which runc is the runtime unless told. */
  readonly system?: boolean;
  /** With cgroups made by systemd, and where Podman would have them. A user has a systemd of his own, too. */
  readonly systemd?: boolean;
}

export class Podman implements Engine {
  /** Below it all that it keeps. */
  readonly directory: string;
  readonly cgroupParent = `/${runName}.podman`;
  readonly rootless: boolean;
  readonly #systemd: boolean;
  /** Of whoever calls podman. */
  readonly uid: number;
  readonly #env: NodeJS.ProcessEnv;
  /** Short, as podman wants it for what it keeps while it runs. */
  readonly #fleeting: string;
  #usedPods = false;

  constructor(runtime: Runtime, options: PodmanOptions = {}) {
    this.rootless = options.rootless ?? false;
    this.#systemd = options.systemd ?? false;
    this.uid = this.rootless ? USER.id : 0;
    // The layers of a user need attributes that a tmpfs, which a guest has for what is temporary, does not have.
    this.directory = mkdtempSync(join(this.#systemd ? "/var/tmp" : temporary, "podman-"));
    chmodSync(this.directory, 0o755);
    const config = options.system ? systemConfiguration() : this.#ownConfiguration(runtime);
    const fleeting = (this.#fleeting = this.rootless ? `/run/user/${USER.id}` : mkdtempSync("/run/podman-"));
    // Podman 5 has a word to say about cgroup v1 each time, among what the container says.
    const quiet = { PODMAN_IGNORE_CGROUPSV1_WARNING: "1" };
    const places = { HOME: this.directory, TMPDIR: this.directory, XDG_RUNTIME_DIR: fleeting, ...quiet };
    this.#env = { ...process.env, ...places, ...config };
    if (this.rootless) {
      if (!readFileSync("/etc/passwd", "utf8").includes(`\n${USER.name}:`)) addUser(this.directory);
      if (this.#systemd) startUserSystemd();
      mkdirSync(fleeting, { recursive: true });
      for (const path of [this.directory, fleeting]) chownSync(path, USER.id, USER.id);
    }
    try {
      const archive = makeImage();
      chmodSync(join(archive, ".."), 0o755);
      this.ok("load", "--quiet", "--input", archive);
      this.sh("true");
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** A configuration that is read instead of all others. */
  #ownConfiguration(runtime: Runtime): NodeJS.ProcessEnv {
    const config = join(this.directory, "containers.conf");
    const program = join(this.directory, runtime.name); // where an ordinary user may look
    copyFileSync(runtime.path, program);
    writeFileSync(config, configuration(runtime, program, this.#systemd));
    return { CONTAINERS_CONF: config };
  }

  argv(args: readonly string[]): string[] {
    const places = [
      "--root",
      `${this.directory}/root`,
      "--runroot",
      `${this.#fleeting}/run`,
      "--tmpdir",
      `${this.#fleeting}/tmp`,
    ];
    const become = ["setpriv", "--reuid", String(USER.id), "--regid", String(USER.id), "--clear-groups"];
    return [...(this.rootless ? become : []), "podman", ...places, ...args];
  }

  /** Runs a command, 30 seconds at most. */
  command(args: readonly string[], options: RunOptions = {}): Result {
    this.#usedPods ||= args[0] === "pod" || args[0] === "kube";
    return run(this.argv(args), { timeout: 30, env: this.#env, cwd: this.directory, ...options });
  }

  /** What a command prints, trimmed; throws when it fails. */
  ok(...args: string[]): string {
    return must(this.command(args)).stdout.trim();
  }

  /** The arguments of `podman run` with these flags, of the image or another root, and a program. */
  run(flags: readonly string[], ...program: string[]): string[] {
    const network = flags.some((flag) => flag === "--network" || flag === "--pod") ? [] : ["--network", "none"];
    const parent = this.rootless || this.#systemd || flags.includes("--pod") ? [] : ["--cgroup-parent", this.cgroupParent];
    return ["run", ...network, ...parent, ...flags, ...(flags.includes("--rootfs") ? [] : [IMAGE]), ...program];
  }

  /** What a shell script prints, in a container of its own. */
  sh(script: string, ...flags: string[]): string {
    return this.ok(...this.run(["--rm", ...flags], "sh", "-c", script));
  }

  /** Starts a container that runs a shell script; the pid of its first process. */
  start(name: string, script: string, ...flags: string[]): number {
    this.ok(...this.run(["--detach", "--name", name, "--stop-timeout", "0", ...flags], "sh", "-c", script));
    return this.pid(name);
  }

  onTerminal(args: readonly string[], typing: readonly Typing[]): Promise<Session> {
    return onTerminal(this.argv(args), typing, this.#env);
  }

  inspect(name: string, template: string): string {
    return this.ok("container", "inspect", "--format", template, name);
  }

  pid(name: string): number {
    return Number(this.inspect(name, "{{.State.Pid}}"));
  }

  status(name: string): string {
    return this.inspect(name, "{{.State.Status}}");
  }

  /** Waits until a container has printed `text`; throws when it does not. */
  waitFor(name: string, text: string): void {
    if (!waitUntil(() => this.command(["logs", name]).stdout.includes(text))) throw new Error(`"${text}" is not in the logs`);
  }

  reset(): void {
    if (this.#usedPods) this.command(["pod", "rm", "--force", "--all", "--time", "0"]);
    this.command(["rm", "--force", "--all", "--time", "0", "--volumes"]);
    this.#usedPods = false;
  }

  dispose(): void {
    this.reset();
    this.command(["system", "migrate"]); // the process that keeps a user's namespaces
    for (const pid of processesWith(this.directory).filter(isAlive)) process.kill(pid, "SIGKILL");
    for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
      const point = line.split(" ")[4] ?? "";
      if ([this.directory, this.#fleeting].some((place) => point.startsWith(`${place}/`))) run(["umount", "--lazy", point]);
    }
    for (const controller of readdirSync("/sys/fs/cgroup")) {
      try {
        rmdirSync(`/sys/fs/cgroup/${controller}/libpod_parent`); // of pods that are not told another
      } catch {
        // ENOENT, or EBUSY: another Podman's
      }
    }
    const ours = this.rootless ? [`${this.#fleeting}/run`, `${this.#fleeting}/tmp`] : [this.#fleeting];
    for (const place of [this.directory, ...ours]) rmSync(place, { recursive: true, force: true });
  }
}
