// SPDX-License-Identifier: Apache-2.0
/** What the unit tests of the plan share. Not part of the program. */
import type { Config } from "../spec/types.ts";
import { Report } from "./errors.ts";
import { Isolations } from "./namespaces.ts";
import type { HostFacts, NamespaceType } from "./types.ts";

export const someCapabilities = ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SYS_ADMIN", "CAP_SYS_RESOURCE"];

/** Root on a cgroup v2 host without a security module. */
export function hostFacts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    euid: 0,
    egid: 0,
    inUserNamespace: false,
    setgroupsDenied: false,
    cgroupMode: "v2",
    cgroupControllers: ["cpu", "memory", "pids"],
    apparmor: false,
    selinux: false,
    kernel: [6, 18],
    isOwnNamespace: (type, path) => path === `/proc/1/ns/${type}`,
    capability: (name) => (someCapabilities.includes(name) ? "held" : "unknown"),
    ...changes,
  };
}

/** Namespaces by type: "" for a new one, a path for a joined one. */
export function isolations(paths: Partial<Record<NamespaceType, string>>): Isolations {
  const result = new Isolations();
  for (const [type, path] of Object.entries(paths)) result.set(type as NamespaceType, path);
  return result;
}

/** What an engine's smallest sensible config holds. */
export function smallConfig(changes: Partial<Config> = {}): Config {
  return {
    ociVersion: "1.2.0",
    process: { cwd: "/", args: ["true"], user: { uid: 0, gid: 0 } },
    root: { path: "rootfs" },
    linux: { namespaces: [{ type: "pid" }, { type: "mount" }, { type: "ipc" }, { type: "uts" }, { type: "network" }] },
    ...changes,
  };
}

/** Runs `body` with a report and tells what it refused and warned of, one line each. */
export function reported(body: (report: Report) => unknown): { refused: string[]; warned: string[]; hints: string[] } {
  const report = new Report();
  body(report);
  return {
    refused: report.problems.map((problem) => `${problem.path}: ${problem.message}`),
    warned: report.oddities.map((problem) => `${problem.path}: ${problem.message}`),
    hints: report.problems.flatMap((problem) => problem.hint ?? []),
  };
}
