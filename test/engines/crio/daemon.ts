// SPDX-License-Identifier: Apache-2.0
/** A CRI-O with storage, sockets and state of its own. Debian has no package of it: `make test-engines CRIO=DIR` names a built tree. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { must } from "../../lib/container.ts";
import { cgroupDirectories, processesWith } from "../../lib/kernel.ts";
import { findProgram, mayRaiseLimits, repository, runName, temporary } from "../../lib/lane.ts";
import { run } from "../../lib/run.ts";
import { CNI_PLUGINS, SANDBOX_IMAGE, podNetwork } from "../cri/config.ts";
import { Cri } from "../cri/cri.ts";
import type { Service } from "../cri/cri.ts";
import { compare, skipFile } from "../lib/compare.ts";
import type { Case, Engine, Runtime } from "../lib/compare.ts";
import { Daemon } from "../lib/daemon.ts";
import { makeImage } from "../lib/image.ts";

/** The first process of a pod is asked to end, and waited for. */
const PAUSE = ["sh", "-c", "trap exit TERM; sleep 1000000 & wait"];
/** Podman brings images into the storage that CRI-O shares with it. */
const NEEDS = ["conmon", "podman"];

/** A program of CRI-O's: from the tree that `CRIO` names, built in its own way, or from the path. */
function program(name: string): string | undefined {
  const tree = process.env["CRIO"] ?? "";
  if (tree === "") return findProgram(name);
  return [name, join("bin", name)].map((path) => resolve(repository, tree, path)).find((path) => existsSync(path));
}

/** What is missing here to run CRI-O, as the reason of a skip. */
export function missingCrio(): string | undefined {
  const programs = ["crio", "pinns"].filter((name) => program(name) === undefined);
  const others = NEEDS.filter((name) => !existsSync(findProgram(name) ?? ""));
  const missing = [...programs, ...others];
  if (missing.length === 0) return undefined;
  const hint = programs.length > 0 ? " (make test-engines CRIO=DIR names a built CRI-O)" : "";
  return `not installed: ${missing.join(", ")}${hint}`;
}

/** The line of the table. */
export function crioVersion(): string {
  const path = program("crio");
  const text = path === undefined ? "" : run([path, "--version"]).stdout;
  return `CRI-O ${/^crio version (\S+)/.exec(text)?.[1] ?? ""}`;
}

/** A table of CRI-O's configuration for one runtime. */
function oneRuntime(runtime: Runtime, root: string): string {
  return `[crio.runtime.runtimes.${runtime.name}]
runtime_path = "${runtime.path}"
runtime_type = "oci"
runtime_root = "${root}"
`;
}

/**
 * The runtime, or where the machine cannot lower it, the runtime without the oom_score_adj that CRI-O gives the first process of a pod,
 * for which its configuration has no key.
 */
function forMachine(runtime: Runtime, directory: string): Runtime {
  if (mayRaiseLimits) return runtime;
  const path = join(directory, runtime.name);
  const edit = 's/"oomScoreAdj": *-[0-9]*/"oomScoreAdj": 0/';
  const bundle = `for word; do case $before in --bundle) sed -i '${edit}' "$word/config.json" ;; esac; before=$word; done`;
  writeFileSync(path, `#!/bin/sh\n${bundle}\nexec ${runtime.path} "$@"\n`, { mode: 0o755 });
  return { name: runtime.name, path };
}

export interface CrioOptions {
  /** One more file of its configuration, as in /etc/crio/crio.conf.d. */
  readonly more?: string;
  /** Its cgroups are made by systemd. */
  readonly systemd?: boolean;
}

export class CrioDaemon implements Service {
  readonly name = "cri-o";
  readonly runtime: Runtime;
  readonly directory: string;
  readonly cgroupParent = `${runName}.crio`;
  readonly socket: string;
  /** What is gone with the machine's power: sockets, states, namespaces. */
  readonly #fleeting: string;
  readonly #argv: readonly string[];
  #daemon: Daemon;

  constructor(runtime: Runtime, { more = "", systemd = false }: CrioOptions = {}) {
    this.directory = mkdtempSync(join(temporary, "crio-"));
    chmodSync(this.directory, 0o711);
    // As systemd leaves the whole machine; CRI-O takes no mounts for containers from elsewhere.
    must(run(["mount", "--bind", this.directory, this.directory]));
    must(run(["mount", "--make-shared", this.directory]));
    this.runtime = forMachine(runtime, this.directory);
    this.#fleeting = mkdtempSync("/run/crio-");
    chmodSync(this.#fleeting, 0o711);
    this.socket = join(this.#fleeting, "sock");
    const config = join(this.directory, "config.toml");
    const directory = join(this.directory, "crio.conf.d");
    mkdirSync(directory);
    writeFileSync(config, this.#configuration(systemd));
    writeFileSync(join(directory, "10-runt.conf"), more);
    this.#loadImages();
    this.#argv = [program("crio") ?? "crio", "--config", config, "--config-dir", directory];
    this.#daemon = this.#start();
  }

  /** With the runtime as the default. */
  #configuration(systemd: boolean): string {
    podNetwork(this.directory);
    const policy = join(this.directory, "policy.json");
    writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
    return `[crio]
root = "${this.directory}/storage"
runroot = "${this.#fleeting}/storage"
storage_driver = "overlay"
log_dir = "${this.directory}/logs"
version_file = "${this.#fleeting}/version"
clean_shutdown_file = "${this.directory}/clean.shutdown"
[crio.api]
listen = "${this.socket}"
[crio.runtime]
default_runtime = "${this.runtime.name}"
cgroup_manager = "${systemd ? "systemd" : "cgroupfs"}"
conmon_cgroup = "${systemd ? "system.slice" : "pod"}"
container_exits_dir = "${this.#fleeting}/exits"
container_attach_socket_dir = "${this.#fleeting}/attach"
namespaces_dir = "${this.#fleeting}/namespaces"
pinns_path = "${program("pinns") ?? "pinns"}"
hooks_dir = []
irqbalance_config_restore_file = "disable"
[crio.image]
pause_image = "${SANDBOX_IMAGE}"
pause_command = ""
signature_policy = "${policy}"
signature_policy_dir = "${this.directory}/policies"
[crio.network]
network_dir = "${this.directory}/cni"
plugin_dirs = ["${CNI_PLUGINS}"]
[crio.nri]
enable_nri = false
${oneRuntime(this.runtime, join(this.#fleeting, "runtime"))}`;
  }

  #loadImages(): void {
    const places = ["--root", join(this.directory, "storage"), "--runroot", join(this.#fleeting, "storage")];
    const podman = ["podman", ...places, "--storage-driver", "overlay", "--events-backend", "none"];
    for (const archive of [makeImage(), makeImage(SANDBOX_IMAGE, PAUSE)])
      must(run([...podman, "load", "--quiet", "--input", archive], { timeout: 60 }));
  }

  #start(): Daemon {
    return new Daemon(this.#argv, {
      log: join(this.directory, "crio.log"),
      env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      ready: () => existsSync(this.socket),
    });
  }

  restart(meanwhile?: () => void): void {
    this.#daemon.stop();
    meanwhile?.();
    this.#daemon = this.#start();
  }

  leftovers(): string[] {
    const states = join(this.#fleeting, "runtime");
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return [
      ...cgroupDirectories(`/${this.cgroupParent}`).flatMap((parent) =>
        readdirSync(parent, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && !entry.name.startsWith("crio-conmon-")) // which CRI-O leaves to the kubelet
          .map((entry) => `cgroup ${join(parent, entry.name)}`),
      ),
      ...(existsSync(states) ? readdirSync(states) : []).map((name) => `state of ${name}`),
      ...mounts.filter((line) => line.includes(`${this.directory}/storage/overlay/`)).map((line) => `mount ${line}`),
      ...mounts.filter((line) => line.includes(`${this.#fleeting}/namespaces/`)).map((line) => `namespace ${line}`),
      ...this.#monitors().map((pid) => `conmon ${pid}`),
    ];
  }

  #monitors(): number[] {
    return processesWith("conmon").filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(this.#fleeting));
  }

  dispose(): void {
    this.#daemon.stop();
    for (const pid of this.#monitors()) process.kill(pid, "SIGKILL");
  }
}

/** A CRI-O with the images, which answers. */
export function openCrio(runtime: Runtime, options?: CrioOptions): Promise<Cri<CrioDaemon>> {
  return Cri.open(new CrioDaemon(runtime, options));
}

/** Runs cases with CRI-O, with runc and then with the runtime under test; `part` is what of CRI-O they are about. */
export async function compareUnderCrio<E extends Engine>(
  part: string,
  open: (runtime: Runtime) => Promise<E>,
  cases: readonly Case<E>[],
): Promise<void> {
  const missing = missingCrio();
  if (missing === undefined) await compare({ engine: `${crioVersion()} ${part}`, needs: NEEDS, open, cases });
  else skipFile(missing);
}
