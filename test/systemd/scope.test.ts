// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** The scope of a container, by systemd's view and by the kernel's: where it is, what it is called, and that it goes. */
import { existsSync, readFileSync } from "node:fs";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { must } from "../lib/container.ts";
import { isAlive, processesWith } from "../lib/kernel.ts";
import { runtime } from "../lib/lane.ts";
import { Background, run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";
import { isKnown, property, scopeContainer, SLICE } from "../lib/systemd.ts";

const cgroupOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, "utf8").trim();

t.test("slice:prefix:name becomes a scope in the slice", (t) => {
  const c = scopeContainer(t);
  const pid = c.startSleeping();
  t.equal(cgroupOf(pid), `0::${c.cgroup}`, "the kernel has the process there");
  t.equal(c.property("ControlGroup"), c.cgroup);
  t.equal(c.property("Slice"), SLICE);
  t.equal(c.property("ActiveState"), "active");
  t.equal(c.property("Delegate"), "yes", "what is below is the container's");
  t.equal(c.property("CollectMode"), "inactive-or-failed");
  const exec = c.background(["exec", c.id, "sleep", "99"]);
  t.teardown(() => exec.dispose());
  t.ok(
    waitUntil(() => readFileSync(`/sys/fs/cgroup${c.cgroup}/cgroup.procs`, "utf8").trim().split("\n").length === 2),
    "exec too",
  );
  t.end();
});

t.test("delete removes the scope and its cgroup", (t) => {
  const c = scopeContainer(t);
  c.startSleeping();
  t.ok(isKnown(c.unit));
  must(c.delete("--force"));
  t.notOk(isKnown(c.unit), "systemd has forgotten it");
  t.notOk(c.hasCgroup, "and the kernel too");
  t.end();
});

t.test("a scope ends with the container's process, and delete finds nothing left to do", (t) => {
  const c = scopeContainer(t);
  c.startSleeping();
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.ok(
    waitUntil(() => !isKnown(c.unit), 30),
    "systemd collects it",
  );
  const result = c.delete();
  t.equal(result.code, 0, result.stderr);
  t.notOk(c.hasCgroup);
  t.end();
});

t.test("an empty slice is system.slice, an empty prefix is left out, and no path is runt-ID", (t) => {
  for (const [path, unit] of [
    ["::ID", "ID.scope"],
    [":pre:ID", "pre-ID.scope"],
    ["", "runt-ID.scope"],
  ] as const) {
    const c = scopeContainer(t, (config) => (config.linux.cgroupsPath = ""));
    c.config.linux.cgroupsPath = path.replace("ID", c.id);
    const name = unit.replace("ID", c.id);
    t.equal(cgroupOf(c.startSleeping()), `0::/system.slice/${name}`, `"${path}"`);
    must(c.delete("--force"));
    t.notOk(isKnown(name));
  }
  t.end();
});

t.test("a name that ends in .slice is a slice, and no scope", (t) => {
  const c = scopeContainer(t);
  const name = `${c.id.replaceAll("-", "_")}.slice`;
  c.config.linux.cgroupsPath = `::${name}`;
  t.equal(cgroupOf(c.startSleeping()), `0::/${name}`);
  t.equal(property(name, "ActiveState"), "active");
  must(c.delete("--force"));
  t.equal(property(name, "ActiveState"), "inactive");
  t.notOk(existsSync(`/sys/fs/cgroup/${name}`));
  t.end();
});

t.test("--cgroup-manager systemd is --systemd-cgroup by another name", (t) => {
  const c = scopeContainer(t);
  c.config.process.args = ["sleep", "100"];
  c.save();
  const call = (...words: string[]): Result => run([runtime, "--root", c.stateRoot, "--cgroup-manager", "systemd", ...words]);
  must(call("create", "--bundle", c.bundle, c.id));
  t.equal(cgroupOf(c.state().pid), `0::${c.cgroup}`);
  t.equal(c.property("ActiveState"), "active");
  must(run([runtime, "--root", c.stateRoot, "delete", "--force", c.id]));
  t.notOk(isKnown(c.unit), "later commands need neither: the container's record has it");
  t.end();
});

t.test("paths that are none for systemd are refused, with what they must be", (t) => {
  for (const [path, message] of [
    ["/a/b", /"slice:prefix:name"/],
    ["a:b", /"slice:prefix:name"/],
    ["no-slice:pre:name", /no name for a systemd slice/],
    ["system.slice:pre:na me", /no name for a systemd unit/],
  ] as const) {
    const c = scopeContainer(t, (config) => (config.linux.cgroupsPath = path));
    const result = c.create();
    t.not(result.code, 0, path);
    t.match(result.stderr, message);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("all limits go to systemd in one call", async (t) => {
  const c = scopeContainer(t, (config) => {
    config.linux.resources.memory = { limit: 64 << 20 };
    config.linux.resources.cpu = { shares: 512, quota: 20000, period: 100000 };
    config.linux.resources.pids = { limit: 33 };
    config.annotations = { "org.systemd.property.TimeoutStopUSec": "uint64 5000000" };
  });
  const monitor = new Background(["busctl", "monitor", "--json=short", "org.freedesktop.systemd1"]);
  t.teardown(() => monitor.dispose());
  t.ok(
    waitUntil(() => monitor.stderr.includes("Monitoring")),
    "busctl listens",
  );
  must(c.create());
  const ours = (): string[] => monitor.stdout.split("\n").filter((line) => line.includes(c.unit) && line.includes("method_call"));
  t.ok(waitUntil(() => ours().length > 0));
  monitor.child.kill("SIGTERM");
  await monitor.end();
  const calls = ours().map((line): string => JSON.parse(line).member);
  t.strictSame(calls, ["StartTransientUnit"]);
  for (const name of ["MemoryMax", "CPUWeight", "CPUQuotaPerSecUSec", "TasksMax", "TimeoutStopUSec", "Slice", "Delegate", "PIDs"])
    t.match(ours()[0], new RegExp(`"${name}"`));
  t.end();
});

t.test("a unit of the same name that is there is left alone, and said to be in the way", (t) => {
  const c = scopeContainer(t);
  const other = new Background(["systemd-run", "--scope", "--slice", SLICE, "--unit", c.unit, "sleep", "100"]);
  t.teardown(() => other.dispose());
  t.ok(waitUntil(() => property(c.unit, "ActiveState") === "active"));
  const result = c.create();
  t.not(result.code, 0);
  t.match(result.stderr, c.unit);
  t.equal(c.status(), "none");
  t.equal(c.delete("--force").code, 0);
  t.ok(isAlive(other.pid), "it runs on");
  t.equal(property(c.unit, "ActiveState"), "active");
  other.dispose();
  t.ok(waitUntil(() => property(c.unit, "ActiveState") !== "active"));
  t.end();
});

t.test("one that has failed is reset and makes way", (t) => {
  const c = scopeContainer(t);
  run(["systemd-run", "--scope", "--slice", SLICE, "--unit", c.unit, "-p", "RuntimeMaxSec=1", "sleep", "100"]);
  t.ok(waitUntil(() => property(c.unit, "ActiveState") === "failed"));
  const pid = c.startSleeping();
  t.equal(property(c.unit, "ActiveState"), "active");
  t.equal(cgroupOf(pid), `0::${c.cgroup}`);
  must(c.delete("--force"));
  t.notOk(isKnown(c.unit));
  t.end();
});

t.test("delete --force kills all that is in the scope", (t) => {
  const c = scopeContainer(t, (config) => {
    setNamespace(config, "pid", null);
    const seconds = String(100000 + process.pid);
    config.process.args = ["sh", "-c", `sleep ${seconds} & sleep ${seconds} & wait`];
  });
  const mark = String(100000 + process.pid);
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => processesWith(`sleep\0${mark}`).length === 2));
  must(c.delete("--force"));
  t.strictSame(processesWith(`sleep\0${mark}`), []);
  t.notOk(isKnown(c.unit));
  t.end();
});

t.test("pause and resume", (t) => {
  const c = scopeContainer(t);
  c.startSleeping();
  must(c.command(["pause", c.id]));
  t.equal(readFileSync(`/sys/fs/cgroup${c.cgroup}/cgroup.freeze`, "utf8"), "1\n");
  t.equal(c.status(), "paused");
  must(c.command(["resume", c.id]));
  t.equal(readFileSync(`/sys/fs/cgroup${c.cgroup}/cgroup.freeze`, "utf8"), "0\n");
  must(c.command(["pause", c.id]));
  must(c.delete("--force"));
  t.notOk(isKnown(c.unit), "a paused one can be deleted");
  t.end();
});

t.test("without a bus systemd is spoken to directly", (t) => {
  const c = scopeContainer(t);
  c.config.process.args = ["sleep", "100"];
  c.save();
  const direct = (...args: string[]): Result => c.commandWithout(["/run/dbus"], args);
  must(direct("create", "--bundle", c.bundle, c.id));
  t.equal(c.property("ActiveState"), "active");
  must(direct("update", "--pids-limit", "9", c.id));
  t.equal(c.property("TasksMax"), "9");
  must(direct("delete", "--force", c.id));
  t.notOk(isKnown(c.unit));
  t.end();
});

t.test("without its systemd an update changes nothing, and delete still leaves nothing", (t) => {
  const c = scopeContainer(t, (config) => (config.linux.resources.pids = { limit: 33 }));
  c.startSleeping();
  const alone = (...args: string[]): Result => c.commandWithout(["/run/dbus", "/run/systemd"], args);
  const update = alone("update", "--pids-limit", "9", c.id);
  t.equal(update.code, 1);
  t.match(update.stderr, /no systemd can be reached/);
  t.equal(c.file("pids.max"), "33");
  t.equal(c.property("TasksMax"), "33");
  must(alone("delete", "--force", c.id));
  t.notOk(c.hasCgroup);
  t.ok(
    waitUntil(() => !isKnown(c.unit), 30),
    "systemd sees that the scope is empty",
  );
  t.end();
});
