// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** What the runtime prints about containers and itself: state, list, ps, events, features, version, spec; and its log. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { controllers, isRunt, runtime, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

t.test("state prints the members that engines read", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.create());
  const result = must(c.command(["state", c.id]));
  t.equal(result.stderr, "", "and nothing on standard error");
  const state = JSON.parse(result.stdout);
  t.strictSame(Object.keys(state).slice(0, 7), ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created"]);
  t.equal(state.rootfs, c.rootfs);
  t.ok(Math.abs(Date.parse(state.created) - Date.now()) < 60_000, state.created);
  t.equal(state.owner, "");
  t.end();
});

t.test("list shows all containers, as a table, as JSON, and as ids", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  mkdirSync(c.stateRoot, { recursive: true });
  t.match(must(c.command(["list"])).stdout, /^ID +PID +STATUS +BUNDLE +CREATED +OWNER\n$/);
  t.equal(must(c.command(["list", "--format", "json"])).stdout.trim(), "null");
  must(c.create());
  const [entry] = JSON.parse(must(c.command(["list", "-f", "json"])).stdout);
  t.equal(entry.id, c.id);
  t.equal(entry.status, "created");
  t.equal(entry.owner, "root");
  t.equal(must(c.command(["list", "--quiet"])).stdout, `${c.id}\n`);
  t.match(must(c.command(["list"])).stdout, new RegExp(`^${c.id} +${c.state().pid} +created +${c.bundle} +\\S+Z +root$`, "m"));
  t.end();
});

t.test("ps lists the container's processes, by pids of the host", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  t.strictSame(JSON.parse(must(c.command(["ps", "-f", "json", c.id])).stdout), [pid]);
  t.match(must(c.command(["ps", c.id])).stdout, new RegExp(`PID[^]*\\b${pid}\\b[^]*sleep`));
  t.match(must(c.command(["ps", c.id, "-o", "pid,comm"])).stdout, new RegExp(`PID +COMMAND\\n +${pid} sleep`));
  t.end();
});

t.test(
  "events --stats prints one JSON object",
  { skip: unless(controllers().includes("memory"), "no memory controller here") },
  (t) => {
    const c = container(t);
    c.startSleeping();
    const event = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
    t.equal(event.type, "stats");
    t.equal(event.id, c.id);
    t.ok(event.data.memory.usage.usage > 0, "memory");
    t.equal(event.data.pids.current, 1, "pids");
    t.ok(event.data.cpu.usage.total > 0, "cpu");
    t.end();
  },
);

t.test(
  "events goes on until the container ends",
  { skip: unless(controllers().includes("memory"), "no memory controller here") },
  async (t) => {
    const c = container(t);
    c.startSleeping();
    const events = c.background(["events", "--interval", "100ms", c.id]);
    t.teardown(() => events.dispose());
    t.ok(waitUntil(() => events.stdout.split("\n").length > 2));
    must(c.delete("--force"));
    t.notOk((await events.end(10)).timedOut, "it ends by itself");
  },
);

t.test("features prints JSON and nothing else", { skip: unless(isRunt, "the reference is older") }, (t) => {
  const result = must(run([runtime, "features"]));
  t.equal(result.stderr, "");
  const features = JSON.parse(result.stdout);
  for (const option of ["rro", "bind", "idmap", "tmpcopyup"]) t.ok(features.mountOptions.includes(option), option);
  for (const name of ["user", "time", "cgroup"]) t.ok(features.linux.namespaces.includes(name), name);
  t.equal(features.linux.mountExtensions.idmap.enabled, true);
  t.equal(features.linux.seccomp.enabled, true);
  t.equal(features.linux.cgroup.v1 && features.linux.cgroup.v2, true);
  t.match(features.ociVersionMax, /^1\.[23]/);
  t.ok(features.hooks.includes("createRuntime"));
  t.end();
});

t.test("--version is read by engines line by line", { skip: unless(isRunt, "of runt") }, (t) => {
  const { stdout, stderr } = must(run([runtime, "--version"]));
  t.equal(stderr, "");
  t.match(stdout, /^runt version \d+\.\d+\.\d+\S*\ncommit: \S+\nspec: 1\.\d+\.\d+\S*\n/);
  t.notMatch(stdout.split("\n").slice(1).join("\n"), /version/);
  t.end();
});

t.test("spec writes a config that runs", (t) => {
  const c = container(t);
  const bundle = join(c.directory, "fresh");
  mkdirSync(bundle);
  must(run([runtime, "spec"], { cwd: bundle }));
  const config = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
  t.equal(config.process.terminal, true);
  t.strictSame(config.process.args, ["sh"]);
  t.not(run([runtime, "spec"], { cwd: bundle }).code, 0, "and never writes over one");
  Object.assign(c.config, config, {
    root: { path: "rootfs" },
    process: { ...config.process, terminal: false, args: ["echo", "runs"] },
  });
  t.equal(must(c.run()).stdout, "runs\n");
  t.end();
});

t.test("the log in JSON: one object, the fatal error, and nothing for a success", (t) => {
  const c = container(t, (config) => (config.process.args = ["/no/such/program"]));
  c.save();
  const log = join(c.directory, "log.json");
  const failed = c.command(["--log", log, "--log-format", "json", "create", "--bundle", c.bundle, c.id]);
  t.equal(failed.code, 1);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const last = JSON.parse(lines.at(-1) ?? "");
  t.equal(last.level, "error");
  t.match(last.msg, /\/no\/such\/program/);
  t.ok(!Number.isNaN(Date.parse(last.time)));
  t.match(failed.stderr, /\/no\/such\/program/, "and in words on standard error");
  if (isRunt) t.equal(lines.length, 1, "exactly one line");

  c.config.process.args = ["true"];
  c.save();
  const quiet = join(c.directory, "quiet.json");
  must(c.command(["--log", quiet, "--log-format", "json", "create", "--bundle", c.bundle, c.id]));
  t.equal(existsSync(quiet) ? readFileSync(quiet, "utf8") : "", "");
  t.end();
});

t.test("the log is appended to", (t) => {
  const c = container(t);
  const log = join(c.directory, "log");
  for (let times = 0; times < 2; times++) c.command(["--log", log, "--log-format", "json", "state", "missing"]);
  t.equal(readFileSync(log, "utf8").trim().split("\n").length, 2);
  t.end();
});
