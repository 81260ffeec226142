// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Options that change which container, which file, or who makes the cgroup; and commands on a container in the foreground. */
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import type { Container } from "../lib/container.ts";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory } from "../lib/kernel.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

const skip = { skip: unless(isRunt, "of runt") };

/** Three sleeping containers in one state directory: a-1, a-2, b-1. */
function family(t: Test): Container {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  for (const id of ["a-1", "a-2", "b-1"]) {
    c.config.linux.cgroupsPath = `${c.cgroupsPath}-${id}`;
    c.save();
    must(c.command(["run", "--detach", "--bundle", c.bundle, id]));
    t.teardown(() => c.command(["delete", "--force", id]));
  }
  return c;
}

const statusOf = (c: Container, id: string): string => {
  const { code, stdout } = c.command(["state", id]);
  return code === 0 ? JSON.parse(stdout).status : "none";
};
const statuses = (c: Container): string[] => ["a-1", "a-2", "b-1"].map((id) => statusOf(c, id));

t.test("kill and delete --regex reach every id that matches, and no other", skip, (t) => {
  const c = family(t);
  must(c.command(["kill", "--regex", "^a-", "KILL"]));
  t.ok(waitUntil(() => statusOf(c, "a-1") === "stopped" && statusOf(c, "a-2") === "stopped"));
  t.equal(statusOf(c, "b-1"), "running");
  must(c.command(["delete", "-r", "a-[12]"]));
  t.strictSame(statuses(c), ["none", "none", "running"]);
  must(c.command(["delete", "--force", "--regex", "."]));
  t.strictSame(statuses(c), ["none", "none", "none"]);
  must(c.command(["delete", "--force", "--regex", "."]));
  t.match(c.command(["kill", "--regex", "(", "KILL"]), { code: 1, stderr: /invalid regular expression "\("/ });
  t.end();
});

t.test("--regex goes on after one that fails, and tells of it", skip, (t) => {
  const c = family(t);
  must(c.command(["kill", "a-1", "KILL"]));
  t.ok(waitUntil(() => statusOf(c, "a-1") === "stopped"));
  t.match(c.command(["kill", "--regex", "^[ab]-", "KILL"]), { code: 1, stderr: /^container "a-1": container not running\n/ });
  t.ok(
    waitUntil(() => statuses(c).every((status) => status === "stopped")),
    "the others are killed",
  );
  must(c.command(["delete", "a-2"]));
  c.config.linux.cgroupsPath = `${c.cgroupsPath}-a-2`;
  c.save();
  must(c.command(["run", "--detach", "--bundle", c.bundle, "a-2"]));
  const result = c.command(["delete", "--regex", "."]);
  t.match(result, { code: 1, stderr: /cannot delete container a-2 that is not stopped: running/ });
  t.strictSame(statuses(c), ["none", "running", "none"]);
  t.match(c.command(["kill", "--regex", "^nosuch", "KILL"]), { code: 0, stderr: "" });
  t.end();
});

t.test("--config names another file, from the current directory", skip, (t) => {
  const c = container(t, (config) => (config.process.args = ["echo", "from elsewhere"]));
  c.save();
  renameSync(join(c.bundle, "config.json"), join(c.directory, "other.json"));
  t.equal(c.command(["run", "--bundle", c.bundle, c.id]).code, 1);
  const flags = ["run", "--bundle", c.bundle, "--config", "other.json", c.id];
  t.equal(must(c.command(flags, { cwd: c.directory })).stdout, "from elsewhere\n");
  t.end();
});

t.test("spec --file names the file, and never writes over one", skip, (t) => {
  const c = container(t);
  const path = join(c.directory, "mine.json");
  must(run([runtime, "spec", "--file", path]));
  t.equal(JSON.parse(readFileSync(path, "utf8")).root.path, "rootfs");
  const again = run([runtime, "spec", "--file", path]);
  t.match(again, { code: 1, stderr: /mine\.json/ });
  mkdirSync(join(c.directory, "d"));
  must(run([runtime, "spec", "-f", "sub.json", "--bundle", join(c.directory, "d")]));
  t.ok(existsSync(join(c.directory, "d/sub.json")));
  t.end();
});

t.test("--cgroup-manager disabled: no cgroup is made, and what needs one says so", skip, (t) => {
  const c = container(t, undefined, { global: ["--cgroup-manager", "disabled"] });
  const pid = c.startSleeping();
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.equal(cgroupDirectory(pid, "devices"), cgroupDirectory(process.pid, "devices"));
  t.strictSame(JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout), [pid]);
  t.match(c.command(["pause", c.id]), { code: 1, stderr: /^cgroup not exist: pausing needs one/ });
  t.match(c.command(["update", "--pids-limit", "5", c.id]), { code: 1, stderr: /^cgroup not exist: changing limits needs one/ });
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  must(c.delete());
  t.end();
});

t.test("--cgroup-manager cgroupfs is the default; another name is refused", skip, (t) => {
  const c = container(t, undefined, { global: ["--cgroup-manager", "cgroupfs"] });
  c.startSleeping();
  t.not(cgroupDirectories(c.cgroupsPath).length, 0);
  t.match(run([runtime, "--cgroup-manager", "none", "list"]), { code: 1, stderr: /"cgroupfs", "systemd" or "disabled"/ });
  t.match(run([runtime, "--systemd-cgroup", "--cgroup-manager", "disabled", "list"]), { code: 1, stderr: /contradict/ });
  t.end();
});

t.test("a container in the foreground can be worked on, deleted, and its id taken by another", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const foreground = c.background(["run", "--bundle", c.bundle, c.id]);
  t.teardown(() => foreground.dispose());
  t.ok(waitUntil(() => c.status() === "running"));
  t.equal(must(c.exec(["echo", "in it"])).stdout, "in it\n");
  must(c.delete("--force"));
  must(c.create());
  t.equal((await foreground.end(5)).code, 137);
  t.equal(c.status(), "created", "the other is left alone");
  t.end();
});
