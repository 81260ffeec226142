// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** runtime.md, clause by clause, where no other test proves it: the operations, errors and warnings. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory, isAlive, mountOn, namespaceOf, statusField } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

t.test("a created container has everything of its config but its program", (t) => {
  const c = container(t, (config) => {
    config.process.args = ["sh", "-c", "echo > /ran; sleep 100"];
    config.hostname = "created-9";
    config.root.readonly = false;
    config.linux["sysctl"] = { "kernel.shmmax": "4194304" };
    config.linux.maskedPaths = ["/proc/version"];
    config.linux.readonlyPaths = ["/proc/sys"];
    config.linux.devices = [{ path: "/dev/one", type: "c", major: 1, minor: 5 }];
    config.linux.resources.pids = { limit: 50 };
    config.mounts.push({ destination: "/data", type: "tmpfs", source: "data", options: ["noexec"] });
  });
  must(c.create());
  const { pid } = c.state();
  const inside = (path: string): string => `/proc/${pid}/root${path}`;
  for (const kind of ["pid", "net", "ipc", "uts", "mnt"]) t.not(namespaceOf(pid, kind), namespaceOf("self", kind), kind);
  t.equal(mountOn(pid, "/")?.root.endsWith("/bundle/rootfs"), true, "the root");
  for (const mount of c.config.mounts) t.ok(mountOn(pid, mount.destination), mount.destination);
  t.ok(mountOn(pid, "/data")?.options.includes("noexec"), "options of mounts");
  t.ok(existsSync(inside("/dev/one")), "devices");
  t.equal(readFileSync(inside("/proc/version"), "utf8"), "", "masked paths");
  t.ok(mountOn(pid, "/proc/sys")?.options.includes("ro"), "read-only paths");
  t.match(cgroupDirectory(pid, "pids"), new RegExp(c.cgroupsPath), "the cgroup");
  t.equal(readFileSync(join(cgroupDirectory(pid, "pids") ?? "", "pids.max"), "utf8"), "50\n", "limits");
  t.equal(must(c.exec(["hostname"])).stdout, "created-9\n", "the host name");
  t.equal(must(c.exec(["cat", "/proc/sys/kernel/shmmax"])).stdout, "4194304\n", "sysctls");
  t.notOk(existsSync(join(c.rootfs, "ran")), "the program has not run");
  must(c.start());
  t.ok(
    waitUntil(() => existsSync(join(c.rootfs, "ran"))),
    "start runs it",
  );
  t.end();
});

t.test("create needs a bundle and an id", (t) => {
  const c = container(t);
  const empty = join(c.directory, "empty");
  mkdirSync(empty);
  const bundleless = c.command(["create", c.id], { cwd: empty });
  t.equal(bundleless.code, 1, "no bundle");
  t.match(bundleless.stderr, /config\.json/);
  c.save();
  t.not(c.command(["create", "--bundle", c.bundle]).code, 0, "no id");
  t.not(c.command(["create", "--bundle", c.bundle, ""]).code, 0, "an empty id");
  t.strictSame(existsSync(c.stateRoot) ? c.command(["list", "--quiet"]).stdout : "", "", "nothing is created");
  t.end();
});

for (const operation of ["state", "start", "kill", "delete"]) {
  t.test(`${operation} without an id is an error`, (t) => {
    const c = container(t);
    c.startSleeping();
    for (const args of [[operation], [operation, ""]]) t.not(c.command(args).code, 0, JSON.stringify(args));
    t.equal(c.status(), "running", "and no container is the worse for it");
    t.end();
  });
}

t.test("an id that is taken is refused, and its container goes on as it was", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const before = c.state();
  const other = container(t, (config) => (config.process.args = ["true"]));
  other.save();
  const result = c.command(["create", "--bundle", other.bundle, c.id]);
  t.equal(result.code, 1);
  t.strictSame(c.state(), before);
  t.ok(isAlive(pid));
  t.end();
});

t.test("a property that cannot be applied is an error, and there is no container", (t) => {
  const cases: readonly [string, (c: ReturnType<typeof container>) => unknown][] = [
    ["a sysctl", ({ config }) => (config.linux["sysctl"] = { "net.no.such.key": "1" })],
    ["a mount", ({ config }) => config.mounts.push({ destination: "/m", type: "tmpfs", source: "t", options: ["size=much"] })],
    ["a namespace", ({ config }) => setNamespace(config, "network", "/no/such/netns")],
    ["a limit", ({ config }) => (config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 20, hard: 10 }])],
    ["a cgroup's limit", ({ config }) => (config.linux.resources.cpu = { cpus: "7777" })],
  ];
  for (const [what, change] of cases) {
    const c = container(t);
    change(c);
    t.equal(c.create().code, 1, what);
    t.equal(c.status(), "none", `${what}: no container`);
    t.strictSame(cgroupDirectories(c.cgroupsPath), [], `${what}: no cgroup`);
    t.notMatch(readFileSync("/proc/self/mountinfo", "utf8"), c.rootfs, `${what}: no mount`);
  }
  t.end();
});

t.test("start of what is not created is an error and has no effect", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "echo once >> /log; sleep 100"]));
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "log"))));
  const before = c.state();
  t.equal(c.start().code, 1, "running");
  t.strictSame(c.state(), before);
  t.equal(c.read("log"), "once\n", "the program has not run again");
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.start().code, 1, "stopped");
  t.equal(c.status(), "stopped");
  t.equal(c.read("log"), "once\n");
  t.end();
});

t.test("a config without a process can be created, not started", (t) => {
  const c = container(t, (config) => Reflect.deleteProperty(config, "process"));
  must(c.create());
  t.equal(c.status(), "created");
  const started = c.start();
  t.equal(started.code, 1);
  t.match(started.stderr, /process/);
  t.not(c.status(), "running");
  t.end();
});

t.test("kill of what neither is created nor runs is an error and has no effect", (t) => {
  const c = container(t);
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  const before = c.state();
  for (const signal of ["TERM", "KILL", "0"]) t.equal(c.kill(signal).code, 1, signal);
  t.strictSame(c.state(), before);
  t.end();
});

t.test("kill reaches the process of a created and of a running container", (t) => {
  const created = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(created.create());
  must(created.kill("KILL"));
  t.ok(
    waitUntil(() => created.status() === "stopped"),
    "created",
  );
  const running = container(t);
  const pid = running.startSleeping();
  must(running.kill("STOP"));
  t.ok(
    waitUntil(() => statusField(pid, "State")?.startsWith("T") === true),
    "the signal that was named, and no other",
  );
  t.end();
});

t.test("delete of a running container is an error and has no effect", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const before = c.state();
  t.equal(c.delete().code, 1);
  t.strictSame(c.state(), before);
  t.ok(isAlive(pid));
  t.equal(must(c.exec(["echo", "as before"])).stdout, "as before\n");
  t.end();
});

t.test("delete removes what create made and nothing else", (t) => {
  const other = container(t);
  const host = other.startSleeping();
  const c = container(t, (config) => {
    setNamespace(config, "network", `/proc/${host}/ns/net`);
    config.mounts.push({ destination: "/kept", type: "bind", source: "kept", options: ["bind"] });
  });
  mkdirSync(join(c.bundle, "kept"));
  const pid = c.startSleeping();
  must(c.exec(["sh", "-c", "echo kept > /kept/file"]));
  const cgroups = cgroupDirectories(c.cgroupsPath);
  t.ok(cgroups.length > 0);
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  must(c.delete());
  t.notOk(existsSync(`/proc/${pid}/ns`), "the process");
  t.strictSame(cgroupDirectories(c.cgroupsPath), [], "the cgroups");
  t.notMatch(readFileSync("/proc/self/mountinfo", "utf8"), c.rootfs, "the mounts");
  t.notOk(existsSync(join(c.stateRoot, c.id)), "the state");
  t.equal(readFileSync(join(c.bundle, "kept/file"), "utf8"), "kept\n", "what was bound in stays");
  t.ok(existsSync(join(c.bundle, "config.json")) && existsSync(join(c.rootfs, "bin/busybox")), "the bundle stays");
  t.equal(other.status(), "running", "the owner of the namespace stays");
  t.not(cgroupDirectories(other.cgroupsPath).length, 0);
  t.end();
});

t.test("the id of a deleted container can be used again", (t) => {
  const c = container(t);
  for (const times of [1, 2, 3]) {
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => c.status() === "stopped"));
    must(c.delete());
    t.equal(c.status(), "none", `time ${times}`);
  }
  t.end();
});

t.test("a warning is logged, and everything goes on as if it had not been", { skip: unless(isRunt, "wording of runt") }, (t) => {
  const c = container(t, (config) => {
    config.process.capabilities = { bounding: ["CAP_NOSUCH", "CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"] };
    config.process.args = ["sleep", "100"];
  });
  const log = join(c.directory, "log");
  c.save();
  must(c.command(["--log", log, "--log-level", "warning", "create", "--bundle", c.bundle, c.id]));
  t.match(readFileSync(log, "utf8"), /warn.*CAP_NOSUCH/);
  must(c.start());
  t.equal(statusField(c.state().pid, "CapBnd"), "0000000000000020");
  t.end();
});
