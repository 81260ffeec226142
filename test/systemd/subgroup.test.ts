// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** `run.oci.systemd.subgroup`: the container's cgroup is below that of its scope, which stays systemd's alone. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { must } from "../lib/container.ts";
import { isAlive } from "../lib/kernel.ts";
import { run, waitUntil } from "../lib/run.ts";
import { isKnown, scopeContainer } from "../lib/systemd.ts";

const annotated =
  (name: string) =>
  (config: { annotations?: Record<string, string> }): void => {
    config.annotations = { "run.oci.systemd.subgroup": name };
  };
const cgroupOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, "utf8").trim();
const file = (...path: string[]): string => readFileSync(join("/sys/fs/cgroup", ...path), "utf8").trim();

for (const name of ["container", "inner/deep"]) {
  t.test(`${name}: the container's whole life there`, (t) => {
    const c = scopeContainer(t, (config) => {
      annotated(name)(config);
      config.linux.resources.memory = { limit: 64 << 20 };
      config.linux.resources.pids = { limit: 30 };
    });
    const pid = c.startSleeping();
    const own = `${c.cgroup}/${name}`;
    t.equal(cgroupOf(pid), `0::${own}`, "the kernel has the process there");
    t.equal(c.property("ControlGroup"), c.cgroup, "the scope is the one above");
    t.equal(c.property("ActiveState"), "active");
    t.equal(c.property("MemoryMax"), String(64 << 20));
    t.equal(file(c.cgroup, "memory.max"), String(64 << 20), "the limits are the scope's");
    t.equal(file(own, "memory.max"), String(64 << 20), "and the container's");
    t.equal(file(own, "pids.max"), "30");
    t.equal(file(c.cgroup, "cgroup.procs"), "", "no process is in the scope itself");
    t.equal(must(c.exec(["cat", "/proc/self/cgroup"])).stdout, "0::/\n", "exec is with it, at the root of its namespace");
    t.strictSame(JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout), [pid]);
    const { data } = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
    t.strictSame([data.pids.limit, data.memory.usage.limit], [30, 64 << 20]);

    must(c.command(["update", "--pids-limit", "20", "--memory", "48m", c.id]));
    t.equal(c.property("TasksMax"), "20");
    t.equal(file(own, "pids.max"), "20");
    t.equal(file(own, "memory.max"), String(48 << 20));
    must(c.command(["pause", c.id]));
    t.match(file(own, "cgroup.events"), /frozen 1/);
    t.equal(c.status(), "paused");
    must(c.command(["resume", c.id]));
    must(run(["systemctl", "daemon-reload"]));
    t.equal(cgroupOf(pid), `0::${own}`, "a reload leaves it where it is");
    t.equal(file(own, "pids.max"), "20");

    must(c.kill("KILL"));
    t.ok(waitUntil(() => c.status() === "stopped"));
    must(c.delete());
    t.notOk(isKnown(c.unit));
    t.notOk(existsSync(join("/sys/fs/cgroup", c.cgroup)));
    t.end();
  });
}

t.test("delete --force takes all of it away, stopped by nobody before", (t) => {
  const c = scopeContainer(t, annotated("container"));
  const pid = c.startSleeping();
  must(c.exec(["sleep", "50"], ["--detach"]));
  must(c.delete("--force"));
  t.notOk(isAlive(pid));
  t.notOk(isKnown(c.unit));
  t.notOk(c.hasCgroup);
  t.end();
});

t.test("the scope ends with the container's process", (t) => {
  const c = scopeContainer(t, annotated("container"));
  c.startSleeping();
  must(c.kill("KILL"));
  t.ok(waitUntil(() => !isKnown(c.unit)));
  t.equal(c.status(), "stopped");
  must(c.delete());
  t.end();
});

t.test("a create that fails leaves no scope", (t) => {
  const c = scopeContainer(t, annotated("container"));
  c.config.process.args = ["/nosuch"];
  t.equal(c.create().code, 1);
  t.notOk(isKnown(c.unit));
  t.notOk(c.hasCgroup);
  t.end();
});

t.test("names that lead out are refused, and an empty one is none", (t) => {
  for (const name of ["..", "a/../../b", "/a", "."]) {
    const c = scopeContainer(t, annotated(name));
    t.match(c.create(), { code: 1, stderr: /systemd\.subgroup.*must be the name of a cgroup below/ }, name);
    t.notOk(isKnown(c.unit));
  }
  const c = scopeContainer(t, annotated(""));
  t.equal(cgroupOf(c.startSleeping()), `0::${c.cgroup}`);
  t.end();
});
