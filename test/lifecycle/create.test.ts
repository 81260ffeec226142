// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml
/** From create to delete: each state, and what each command refuses in it. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must, stateFile } from "../lib/container.ts";
import { cgroupDirectories, isAlive } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { nothingLeft } from "../lib/refusal.ts";
import { waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt's own files") };

t.test("create, start, kill, delete: the states between", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "touch /ran; sleep 100"]));
  t.equal(c.create().code, 0);
  const created = c.state();
  t.equal(created.status, "created");
  t.equal(created.id, c.id);
  t.equal(created.bundle, c.bundle);
  t.match(created.ociVersion, /^1\.\d/);
  t.ok(isAlive(created.pid), "its init is alive");
  t.notOk(existsSync(join(c.rootfs, "ran")), "the process has not run");

  t.equal(c.start().code, 0);
  t.equal(c.status(), "running");
  t.equal(c.state().pid, created.pid, "the pid stays");
  t.ok(
    waitUntil(() => existsSync(join(c.rootfs, "ran"))),
    "the process runs",
  );

  t.equal(c.kill("KILL").code, 0);
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.notOk(isAlive(created.pid));
  t.equal(c.delete().code, 0);
  t.equal(c.status(), "none");
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.notOk(existsSync(join(c.stateRoot, c.id)));
  t.end();
});

t.test("a stopped container has pid 0 and is not killed twice", (t) => {
  const c = container(t);
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.state().pid, 0);
  const killed = c.kill("TERM");
  t.equal(killed.code, 1);
  t.match(killed.stderr, /container not running/);
  t.end();
});

t.test("what is refused in which state", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.create());
  const again = c.create();
  t.equal(again.code, 1, "create with an id that is taken");
  t.match(again.stderr, /container with given ID already exists/);
  t.equal(c.status(), "created", "and the first one is not harmed");

  must(c.start());
  const twice = c.start();
  t.equal(twice.code, 1, "start of a running container");
  t.match(twice.stderr, /cannot start an already running container/);
  const early = c.delete();
  t.equal(early.code, 1, "delete of a running container");
  t.match(early.stderr, /cannot delete container .* that is not stopped: running/);

  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  const late = c.start();
  t.equal(late.code, 1, "start of a stopped container");
  t.match(late.stderr, /cannot start a container that has stopped/);
  t.end();
});

t.test("a container that does not exist", (t) => {
  const c = container(t);
  for (const args of [["state"], ["start"], ["kill"], ["delete"], ["pause"], ["resume"]]) {
    const result = c.command([...args, c.id]);
    t.equal(result.code, 1, `${args[0]} fails`);
    t.match(result.stderr, /does not exist/, `${args[0]} says so`);
  }
  t.equal(c.delete("--force").code, 0, "delete --force succeeds");
  t.equal(c.exec(["true"]).code, 255, "exec has a code of its own");
  t.end();
});

t.test("delete takes a created container, and delete --force a running one", (t) => {
  const created = container(t);
  must(created.create());
  const pid = created.state().pid;
  t.equal(created.delete().code, 0);
  t.notOk(isAlive(pid));

  const running = container(t);
  const init = running.startSleeping();
  t.equal(running.delete("--force").code, 0);
  t.notOk(isAlive(init));
  t.strictSame(cgroupDirectories(running.cgroupsPath), []);
  t.equal(running.delete("--force").code, 0, "and once more");
  t.end();
});

t.test("kill knows signals by number and name", (t) => {
  for (const signal of ["15", "TERM", "SIGTERM", "sigterm", "term"]) {
    const c = container(
      t,
      (config) => (config.process.args = ["sh", "-c", "trap 'echo > /got; exit' TERM; > /up; while :; do sleep 0.05; done"]),
    );
    must(c.create());
    must(c.start());
    waitUntil(() => existsSync(join(c.rootfs, "up")));
    t.equal(c.kill(signal).code, 0, `kill ${signal}`);
    t.ok(
      waitUntil(() => existsSync(join(c.rootfs, "got"))),
      `${signal} arrives`,
    );
  }
  const c = container(t);
  c.startSleeping();
  t.equal(c.kill("NOSUCH").code, 1, "an unknown signal is refused");
  t.equal(c.status(), "running");
  t.end();
});

t.test("kill without a signal sends TERM", (t) => {
  const c = container(t);
  c.config.process.args = ["sh", "-c", "trap 'echo > /got; exit' TERM; > /up; while :; do sleep 0.05; done"];
  must(c.create());
  must(c.start());
  waitUntil(() => existsSync(join(c.rootfs, "up")));
  t.equal(c.kill().code, 0);
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "got"))));
  t.end();
});

t.test("the pid file holds the pid and nothing else; a create that fails leaves none", (t) => {
  const c = container(t);
  const file = join(c.directory, "pid");
  must(c.create(["--pid-file", file]));
  t.equal(readFileSync(file, "utf8"), String(c.state().pid));
  t.equal(statSync(file).mode & 0o111, 0);

  const bad = container(t, (config) => (config.process.args = ["/no/such/program"]));
  const missing = join(bad.directory, "pid");
  t.equal(bad.create(["--pid-file", missing]).code, 1);
  t.notOk(existsSync(missing));
  t.end();
});

t.test("the state directory is for nobody else, and left alone by what cleans a user's runtime directory", (t) => {
  const c = container(t);
  must(c.create());
  t.equal(statSync(c.stateRoot).mode & 0o7777, 0o1700);
  t.end();
});

t.test("create uses the bundle in the working directory unless told", (t) => {
  const c = container(t);
  c.save();
  t.equal(c.command(["create", c.id], { cwd: c.bundle }).code, 0);
  t.equal(c.state().bundle, c.bundle, "and state has it as an absolute path");
  t.end();
});

t.test("config.json is read at create; a later change has no effect", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "echo > /first"]));
  must(c.create());
  c.config.process.args = ["sh", "-c", "echo > /second"];
  c.save();
  writeFileSync(join(c.bundle, "config.json"), "{");
  must(c.start());
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "first"))));
  t.notOk(existsSync(join(c.rootfs, "second")));
  t.end();
});

t.test("annotations are in the state", (t) => {
  const c = container(t, (config) => (config.annotations = { "org.example.key": "a value" }));
  must(c.create());
  t.strictSame(c.state().annotations, { "org.example.key": "a value" });
  t.end();
});

t.test("the state is one file; the gate is beside it until the start, and nothing after the delete", ours, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const names = (): string[] => readdirSync(c.stateRoot).sort();
  must(c.create());
  t.strictSame(names(), [`.${c.id}~reply`, `.${c.id}~start`, c.id]);
  must(c.start());
  t.strictSame(names(), [c.id]);
  must(c.delete("--force"));
  t.strictSame(names(), []);
  t.end();
});

t.test("a state that was cut at any byte is none, an older one or the newest, and the container can be deleted", ours, (t) => {
  const c = container(t);
  must(c.create());
  const whole = readFileSync(stateFile(c), "utf8");
  const newest = c.state();
  const lines = whole.split("\n");
  t.match(lines[0], /^record .*"pid":0,/, "first the record, before there is a process");
  t.match(lines[1], /^config \d+$/, "then the config");
  t.match(lines.at(-2), new RegExp(`^record .*"pid":${newest.pid},`), "and at last the process");
  const first = whole.indexOf("\n") + 1;
  const last = whole.lastIndexOf("\n", whole.length - 2) + 1;
  for (const length of [
    0,
    1,
    first - 1,
    first,
    first + 3,
    first + 200,
    last - 300,
    last - 1,
    last,
    last + 20,
    whole.length - 1,
  ]) {
    writeFileSync(stateFile(c), whole.slice(0, length));
    const result = c.command(["state", c.id]);
    if (length < first) t.match(result, { code: 1, stderr: /container does not exist/ }, `${length} bytes`);
    else t.match(JSON.parse(must(result).stdout), { id: c.id, status: "stopped", pid: 0 }, `${length} bytes`);
  }
  for (const more of ["", "r", "record {", ...[2046, 2047, 2048, 9000].map((length) => "x".repeat(length))]) {
    writeFileSync(stateFile(c), whole + more);
    t.strictSame(c.state(), newest, `${more.length} bytes more`);
  }
  writeFileSync(stateFile(c), whole.slice(0, -1));
  must(c.delete("--force"));
  nothingLeft(t, c);
  t.end();
});

t.test("a state with a config of many lines, of any length, and with records longer than what is read at once", ours, (t) => {
  const c = container(t, (config) => {
    config.annotations = { long: "x".repeat(9000), "in two parts": "é".repeat(3000) };
    config.process.args = ["sleep", "100"];
  });
  c.save();
  const text = JSON.stringify(c.config, null, 1).replaceAll("\n", "\n\n");
  writeFileSync(join(c.bundle, "config.json"), `${text}\n${" ".repeat(5000)}\n`);
  must(c.command(["create", "--bundle", c.bundle, c.id]));
  t.strictSame(c.state().annotations, c.config.annotations);
  must(c.start());
  must(c.exec(["true"]));
  t.end();
});
