// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml @timeout 150
/** config-linux.md, "Memory" to "RDMA" and "Unified": limits that only one version of cgroups has, or none any more. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";

const skip = unless(isRunt, "the reference ignores them");
const needs = (name: string): string | false => unless(controllers().includes(name), `no ${name} here`);

/** Settings of cgroup v1, and what the runtime says of them on v2. */
const ofV1: readonly { resources: Record<string, object>; says: RegExp }[] = [
  { resources: { memory: { swappiness: 10 } }, says: /memory\.swappiness is given/ },
  { resources: { memory: { disableOOMKiller: true } }, says: /memory\.disableOOMKiller is true/ },
  { resources: { cpu: { realtimeRuntime: 1000 } }, says: /cpu\.realtimeRuntime is given/ },
  { resources: { cpu: { realtimePeriod: 10_000 } }, says: /cpu\.realtimePeriod is given/ },
  { resources: { blockIO: { leafWeight: 100 } }, says: /blockIO\.leafWeight is given/ },
  {
    resources: { blockIO: { weightDevice: [{ major: 8, minor: 0, leafWeight: 100 }] } },
    says: /blockIO\.weightDevice\[0\]\.leafWeight is given/,
  },
  { resources: { network: { classID: 0x100001 } }, says: /network\.classID is given/ },
  { resources: { network: { priorities: [{ name: "lo", priority: 1 }] } }, says: /network\.priorities is given/ },
];

t.test("a setting that cgroup v2 has nothing for is an error", { skip: skip || unless(cgroupV2, "cgroup v1") }, (t) => {
  for (const { resources, says } of ofV1) {
    const c = container(t, (config) => Object.assign(config.linux.resources, resources));
    const result = c.create();
    t.equal(result.code, 1, JSON.stringify(resources));
    t.match(result.stderr, says);
    t.equal(c.status(), "none");
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  }
  t.end();
});

/** What `create` warns of, of a container that runs all the same. */
function warnings(c: Container): string {
  c.config.process.args = ["sleep", "100"];
  c.save();
  const result = must(c.command(["--log-level", "warning", "create", "--bundle", c.bundle, c.id]));
  must(c.start());
  return result.stderr;
}

t.test("limits that the spec advises against are warned of, and the container runs", { skip: skip || needs("memory") }, (t) => {
  const c = container(t, (config) => {
    config.linux.resources.memory = { kernel: 64 << 20, kernelTCP: 48 << 20, useHierarchy: false };
  });
  const said = warnings(c);
  t.match(said, /memory\.kernel is deprecated, and ignored/);
  t.match(said, /memory\.useHierarchy is false, and no kernel/);
  if (cgroupV2) t.match(said, /memory\.kernelTCP is deprecated, and ignored on cgroup v2/);
  else {
    const directory = cgroupDirectory(c.state().pid, "memory") ?? "";
    t.equal(readFileSync(join(directory, "memory.kmem.tcp.limit_in_bytes"), "utf8"), `${48 << 20}\n`, "v1 has this one");
    t.notMatch(said, /kernelTCP/);
  }
  const none = container(t, (config) => (config.linux.resources.memory = { kernel: -1, kernelTCP: -1, useHierarchy: true }));
  t.equal(warnings(none), "", "no limit is none to warn of");
  t.end();
});
