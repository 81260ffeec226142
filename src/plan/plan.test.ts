// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config } from "../spec/types.ts";
import { PlanError } from "./errors.ts";
import { isRootless, planContainer, type PlanOptions } from "./plan.ts";
import { hostFacts, smallConfig } from "./testing.ts";
import type { Plan } from "./types.ts";

const options: PlanOptions = {
  id: "web1",
  bundle: "/b",
  noPivot: false,
  newKeyring: true,
  cgroupManager: "cgroupfs",
  rootless: false,
};
const plan = (config: Partial<Config>, changes: Partial<PlanOptions> = {}): Plan =>
  planContainer(smallConfig(config), hostFacts(), { ...options, ...changes });

t.test("a small config becomes a complete plan", async (t) => {
  const result = plan({ hostname: "web", annotations: { a: "b" } });
  t.match(result, {
    ociVersion: "1.2.0",
    annotations: { a: "b" },
    namespaces: { create: ["ipc", "uts", "network", "pid", "mount"], join: [] },
    rootfs: { path: "/b/rootfs" },
    process: { args: ["true"] },
    hostname: "web",
    domainname: undefined,
    sysctl: [],
    cgroup: { path: "/web1", manager: "cgroupfs" },
    seccomp: undefined,
    intelRdt: undefined,
    bringUpLoopback: true,
    warnings: [],
  });
  t.same(JSON.parse(JSON.stringify(result)).namespaces.create, result.namespaces.create, "it is plain data");
});

t.test("every problem is told at once", async (t) => {
  const config: Partial<Config> = {
    root: { path: "" },
    process: { cwd: "x", args: [], user: { uid: 0, gid: 0 } },
    linux: { namespaces: [{ type: "pid", path: "x" }] } as Config["linux"] & object,
    hooks: { poststop: [{ path: "x" }] },
  };
  t.throws(
    () => plan(config),
    new PlanError([
      { path: "linux.namespaces[0].path", message: 'is "x", and must be an absolute path' },
      { path: "root.path", message: "is missing, and must be the directory of the root file system" },
      { path: "process.cwd", message: 'is "x", and must be an absolute path' },
      { path: "process.args", message: "is empty, and must name the program to run" },
      { path: "hooks.poststop[0].path", message: 'is "x", and must be an absolute path' },
    ]),
  );
});

t.test("a container without a process can be planned, and run later or never", async (t) => {
  t.equal(plan({ process: undefined }).process, undefined);
});

t.test("what lies beside the process in the config belongs to it", async (t) => {
  const result = plan({
    process: { cwd: "/", args: ["x"], user: { uid: 0, gid: 0 }, execCPUAffinity: { initial: "0" } },
    linux: { personality: { domain: "LINUX32" }, memoryPolicy: { mode: "MPOL_LOCAL" } },
  });
  t.match(result.process, { personality: { domain: "LINUX32" }, memoryPolicy: { mode: "MPOL_LOCAL" }, cpuAffinity: undefined });
});

t.test("groups of the caller are kept on request", async (t) => {
  const keep = (value: string): unknown => plan({ annotations: { "run.oci.keep_original_groups": value } }).process?.setGroups;
  t.equal(keep("1"), false);
  t.equal(keep("0"), true);
});

t.test("isRootless()", async (t) => {
  t.equal(isRootless(true, hostFacts()), true);
  t.equal(isRootless(false, hostFacts({ euid: 1 })), false);
  t.equal(isRootless("auto", hostFacts()), false);
  t.equal(isRootless("auto", hostFacts({ euid: 1 })), true);
  t.equal(isRootless("auto", hostFacts({ inUserNamespace: true })), true);
});
