// SPDX-License-Identifier: Apache-2.0
// @lanes vm vmv1 @timeout 60
/** Processors and memory nodes of a cgroup: the kernel's files, and where the container's processes may really run. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import type { TestConfig } from "../lib/config.ts";
import { cgroupDirectory, statusField } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

const online = readFileSync("/sys/devices/system/cpu/online", "utf8").trim();
const nodes = readFileSync("/sys/devices/system/node/online", "utf8").trim();
const skip = unless(controllers().includes("cpuset") && online === "0-1", "needs the controller cpuset and two processors");
const skipNodes = skip || unless(nodes === "0-1", "needs two memory nodes");

const cpus = (list: string, mems?: string): ((config: TestConfig) => void) => {
  return (config) => (config.linux.resources.cpu = { cpus: list, ...(mems !== undefined && { mems }) });
};
const EFFECTIVE = cgroupV2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus";
const cgroupFile = (c: Container, file: string): string =>
  readFileSync(join(cgroupDirectory(c.state().pid, "cpuset") ?? "/nowhere", file), "utf8").trim();
/** What sched_getaffinity(2) says in a process that exec starts. */
const affinityOfExec = (c: Container): string | undefined =>
  /: (\S+)$/.exec(must(c.exec(["sh", "-c", "taskset -p $$"])).stdout.trim())?.[1];

t.test("the program and what exec starts may run on the processors of the cpuset alone", { skip }, (t) => {
  const c = container(t, cpus("1"));
  const pid = c.startSleeping();
  t.equal(cgroupFile(c, "cpuset.cpus"), "1");
  t.equal(cgroupFile(c, EFFECTIVE), "1");
  t.equal(statusField(pid, "Cpus_allowed_list"), "1");
  t.equal(affinityOfExec(c), "2", "the mask that the process itself gets");
  t.equal(must(c.exec(["nproc"])).stdout, "1\n");
  t.equal(c.exec(["taskset", "1", "true"]).code, 1, "the other one is refused");
  t.end();
});

t.test(
  "an affinity of the runtime is not that of the container",
  { skip: skip || unless(isRunt, "some releases keep it") },
  (t) => {
    for (const [list, expected] of [
      ["0-1", "0-1"],
      ["1", "1"],
    ] as const) {
      const c = container(t, cpus(list));
      c.config.process.args = ["sleep", "100"];
      c.save();
      must(run(["taskset", "-c", "0", ...c.argv("run", "--detach", "--bundle", c.bundle, c.id)]));
      t.equal(statusField(c.state().pid, "Cpus_allowed_list"), expected);
    }
    t.end();
  },
);

t.test("update moves what runs", { skip }, (t) => {
  const c = container(t, cpus("1"));
  const pid = c.startSleeping();
  must(c.command(["update", "--cpuset-cpus", "0", c.id]));
  t.equal(cgroupFile(c, EFFECTIVE), "0");
  t.ok(waitUntil(() => statusField(pid, "Cpus_allowed_list") === "0"));
  must(c.command(["update", "--cpuset-cpus", "0-1", c.id]));
  t.equal(cgroupFile(c, EFFECTIVE), "0-1");
  t.equal(must(c.exec(["nproc"])).stdout, "2\n");
  t.end();
});

t.test(
  "update to what is not there is refused, and nothing changes",
  { skip: skip || unless(isRunt, "wording of runt") },
  (t) => {
    const c = container(t, cpus("1"));
    const pid = c.startSleeping();
    const result = c.command(["update", "--cpuset-cpus", "7", "--pids-limit", "9", c.id]);
    t.not(result.code, 0);
    t.match(result.stderr, /cpu\.cpus.*"7".*cpuset\.cpus/);
    t.equal(cgroupFile(c, "cpuset.cpus"), "1");
    t.equal(statusField(pid, "Cpus_allowed_list"), "1");
    t.end();
  },
);

t.test("memory nodes: pages come from them", { skip: skipNodes }, (t) => {
  const c = container(t, cpus("0-1", "1"));
  const pid = c.startSleeping();
  t.equal(cgroupFile(c, "cpuset.mems"), "1");
  t.equal(statusField(pid, "Mems_allowed_list"), "1");
  // What the program wrote to, its stack and heap, was allocated when it was in its cgroup.
  const stack = /^.* stack .*$/m.exec(readFileSync(`/proc/${pid}/numa_maps`, "utf8"))?.[0] ?? "";
  t.match(stack, /N1=\d/);
  t.notMatch(stack, /N0=\d/);
  t.equal(must(c.exec(["sh", "-c", "grep Mems_allowed_list /proc/self/status"])).stdout, "Mems_allowed_list:\t1\n");
  t.end();
});

t.test(
  "a memory policy within the memory nodes is in force",
  { skip: skipNodes || unless(isRunt, "the reference is older") },
  (t) => {
    for (const [mode, policy] of [
      ["MPOL_BIND", "bind:1"],
      ["MPOL_PREFERRED", "prefer:1"],
    ] as const) {
      const c = container(t, cpus("0-1", "0-1"));
      c.config.linux["memoryPolicy"] = { mode, nodes: "1" };
      const maps = readFileSync(`/proc/${c.startSleeping()}/numa_maps`, "utf8");
      t.match(maps, new RegExp(`^\\S+ ${policy} stack .*N1=\\d`, "m"), mode);
    }
    const c = container(t, cpus("0-1", "0-1"));
    c.config.linux["memoryPolicy"] = { mode: "MPOL_INTERLEAVE", nodes: "0-1", flags: ["MPOL_F_STATIC_NODES"] };
    t.match(readFileSync(`/proc/${c.startSleeping()}/numa_maps`, "utf8"), /^\S+ interleave=static:0-1 stack /m);
    t.end();
  },
);

t.test("a memory policy without any of the memory nodes is an error", { skip: skipNodes || unless(isRunt, "of runt") }, (t) => {
  const c = container(t, cpus("0-1", "0"));
  c.config.linux["memoryPolicy"] = { mode: "MPOL_BIND", nodes: "1" };
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /set memory policy MPOL_BIND of nodes "1".*EINVAL/);
  t.match(result.stderr, /hint: .*cpuset/);
  t.end();
});

t.test("execCPUAffinity, within the cpuset", { skip: skip || unless(isRunt, "the reference is older") }, (t) => {
  const c = container(t, cpus("0-1"));
  c.startSleeping();
  const exec = (affinity: object): ReturnType<Container["exec"]> => {
    const file = join(c.directory, "process.json");
    const process = {
      ...c.config.process,
      args: ["sh", "-c", "grep Cpus_allowed_list /proc/self/status"],
      execCPUAffinity: affinity,
    };
    writeFileSync(file, JSON.stringify(process));
    return c.command(["exec", "--process", file, c.id]);
  };
  t.equal(must(exec({ initial: "0", final: "1" })).stdout, "Cpus_allowed_list:\t1\n");
  t.equal(must(exec({ final: "0" })).stdout, "Cpus_allowed_list:\t0\n");
  t.equal(must(exec({})).stdout, "Cpus_allowed_list:\t0-1\n");
  must(c.command(["update", "--cpuset-cpus", "1", c.id]));
  t.equal(must(exec({ initial: "0" })).stdout, "Cpus_allowed_list:\t1\n", "the cpuset has the last word");
  const refused = exec({ final: "0" });
  t.equal(refused.code, 255);
  t.match(refused.stderr, /set CPU affinity to "0".*EINVAL/);
  t.end();
});

t.test("below a cgroup with fewer processors", { skip: skip || unless(isRunt, "of runt") }, (t) => {
  const c = container(t, cpus("0-1"));
  const root = cgroupV2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuset";
  const above = join(root, `${c.id}.above`);
  mkdirSync(above);
  t.teardown(() => {
    must(c.delete("--force"));
    rmdirSync(above);
  });
  writeFileSync(join(above, "cpuset.cpus"), "1");
  writeFileSync(join(above, "cpuset.mems"), "0");
  c.config.linux.cgroupsPath = `/${c.id}.above/inner`;
  if (cgroupV2) {
    // What is asked for is kept, and in force is what is above.
    const pid = c.startSleeping();
    t.equal(cgroupFile(c, "cpuset.cpus"), "0-1");
    t.equal(cgroupFile(c, EFFECTIVE), "1");
    t.equal(statusField(pid, "Cpus_allowed_list"), "1");
  } else {
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, /cpu\.cpus.*"0-1".*cpuset\.cpus/);
    c.config.linux.resources.cpu = {};
    t.equal(statusField(c.startSleeping(), "Cpus_allowed_list"), "1", "and with nothing asked for, all of it");
  }
  t.end();
});
