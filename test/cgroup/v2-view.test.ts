// SPDX-License-Identifier: Apache-2.0
// @lanes v2 uml
/** What cgroup v2 has on any kernel: the tree itself, freezing, killing, and the namespace. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mountOf, setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory, isAlive, mountOn, processesWith } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

t.test("the container is in the cgroup of its path, which goes with it", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  t.equal(cgroupDirectory(pid, ""), `/sys/fs/cgroup${c.cgroupsPath}`);
  must(c.delete("--force"));
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.end();
});

t.test("pause freezes the cgroup", (t) => {
  const c = container(t);
  const directory = cgroupDirectory(c.startSleeping(), "") ?? "";
  must(c.command(["pause", c.id]));
  t.match(readFileSync(join(directory, "cgroup.events"), "utf8"), /frozen 1/);
  must(c.command(["resume", c.id]));
  t.match(readFileSync(join(directory, "cgroup.events"), "utf8"), /frozen 0/);
  t.end();
});

t.test(
  "kill -9 without a pid namespace takes the whole cgroup, below it too",
  { skip: unless(isRunt, "the reference asks for --all") },
  (t) => {
    const c = container(t, (config) => {
      setNamespace(config, "pid", null);
      config.process.args = ["sh", "-c", "(setsid sleep 4712 &) ; (setsid sleep 4712 &); echo > /up; sleep 4712"];
    });
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => existsSync(join(c.rootfs, "up"))));
    const below = join(cgroupDirectory(c.state().pid, "") ?? "", "below");
    mkdirSync(below);
    must(c.kill("KILL"));
    t.ok(waitUntil(() => processesWith("4712").length === 0));
    must(c.delete());
    t.notOk(existsSync(below));
    t.end();
  },
);

t.test("delete --force kills what moved to a cgroup below", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  mkdirSync(join(cgroupDirectory(pid, "") ?? "", "a/b"), { recursive: true });
  must(c.delete("--force"));
  t.notOk(isAlive(pid));
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.end();
});

t.test("a cgroup in which cgroup.kill was used once is as good as another, the caller's and the container's", (t) => {
  const kill = (path: string): void => writeFileSync(`/sys/fs/cgroup${path}/cgroup.kill`, "1");
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const callers = `${c.cgroupsPath}-caller`;
  for (const path of [c.cgroupsPath, callers]) mkdirSync(`/sys/fs/cgroup${path}`);
  t.teardown(() => rmdirSync(`/sys/fs/cgroup${callers}`));
  kill(c.cgroupsPath);
  t.match(c.startSleeping(), Number, "a cgroup that was left over");
  must(c.delete("--force"));
  kill(callers);
  const from = (...args: string[]): Result =>
    run(["sh", "-c", `echo 0 > /sys/fs/cgroup${callers}/cgroup.procs; exec "$@"`, "sh", ...c.argv(...args)]);
  must(from("create", "--bundle", c.bundle, c.id));
  t.equal(cgroupDirectory(c.state().pid, ""), `/sys/fs/cgroup${c.cgroupsPath}`);
  must(c.start());
  t.match(must(from("exec", c.id, "cat", "/proc/self/cgroup")).stdout, /^0::/m);
  must(c.delete("--force"));
  t.end();
});

t.test("with a cgroup namespace the container sees itself at the root", (t) => {
  const c = container(t);
  t.equal(c.sh("grep ^0: /proc/self/cgroup; cat /sys/fs/cgroup/cgroup.procs | head -n 1").stdout, "0::/\n1\n");
  t.end();
});

t.test("without a cgroup namespace the mount is of the same tree", (t) => {
  const c = container(t, (config) => setNamespace(config, "cgroup", null));
  const pid = c.startSleeping();
  t.equal(mountOn(pid, "/sys/fs/cgroup")?.type, "cgroup2");
  t.match(must(c.exec(["grep", "^0:", "/proc/self/cgroup"])).stdout, new RegExp(c.cgroupsPath));
  t.end();
});

t.test("the cgroup mount is read-only when told, writable when not", (t) => {
  t.match(container(t).sh("mkdir /sys/fs/cgroup/x").stderr, /Read-only/);
  const c = container(t, (config) => {
    const mount = mountOf(config, "/sys/fs/cgroup");
    mount.options = mount.options?.filter((option) => option !== "ro") ?? [];
  });
  t.equal(c.sh("mkdir /sys/fs/cgroup/x && rmdir /sys/fs/cgroup/x && echo made").stdout, "made\n");
  t.end();
});

t.test("exec --cgroup puts the process below, and never above", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  mkdirSync(join(cgroupDirectory(pid, "") ?? "", "sub"));
  const file = join(c.directory, "p");
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, "--cgroup", "/sub"]));
  t.match(cgroupDirectory(Number(readFileSync(file, "utf8")), ""), /\/sub$/);
  for (const path of ["/..", "/sub/../..", "../x"]) t.equal(c.exec(["true"], ["--cgroup", path]).code, 255, path);
  t.end();
});

t.test("a cgroup with processes in it is refused", { skip: unless(isRunt, "the reference warns") }, (t) => {
  const first = container(t);
  first.startSleeping();
  const second = container(t, (config) => (config.linux.cgroupsPath = first.cgroupsPath));
  const result = second.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /cgroup.*not empty/);
  t.equal(first.status(), "running", "and its container goes on");
  t.end();
});
