// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Memory policy and processors of the process. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { statusField } from "../lib/kernel.ts";
import { isRunt, unless, unlessFile } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const one = unless(cpus().length > 1, "one CPU");

t.test(
  "a memory policy is in force",
  { skip: unless(isRunt, "the reference is older") || unlessFile("/proc/self/numa_maps", "no NUMA here") },
  (t) => {
    const c = container(t, (config) => (config.linux["memoryPolicy"] = { mode: "MPOL_BIND", nodes: "0" }));
    t.match(readFileSync(`/proc/${c.startSleeping()}/numa_maps`, "utf8"), /bind:0/);
    t.end();
  },
);

t.test("a memory policy with a mode that does not exist is an error", { skip: unless(isRunt, "the reference is older") }, (t) => {
  const c = container(t, (config) => (config.linux["memoryPolicy"] = { mode: "MPOL_NOSUCH", nodes: "0" }));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /memoryPolicy|MPOL_NOSUCH/);
  t.end();
});

t.test("the processors that the caller was given do not bind the container", { skip: one || unless(isRunt, "some do") }, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  must(run(["taskset", "-c", "0", ...c.argv("run", "--detach", "--bundle", c.bundle, c.id)]));
  t.equal(statusField(c.state().pid, "Cpus_allowed"), statusField("self", "Cpus_allowed"));
  const look = c.argv("exec", c.id, "grep", "Cpus_allowed:", "/proc/self/status");
  t.match(must(run(["taskset", "-c", "0", ...look])).stdout, `${statusField("self", "Cpus_allowed")}\n`);
  t.end();
});

t.test("the process may run on every processor that the runtime may", (t) => {
  const c = container(t);
  t.equal(statusField(c.startSleeping(), "Cpus_allowed"), statusField("self", "Cpus_allowed"));
  t.equal(must(c.exec(["nproc"])).code, 0);
  t.end();
});
