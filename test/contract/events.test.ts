// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml
/** `events`: the shape of statistics beside runc, what comes when, of which container, and when it ends. */
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { controllers, findProgram, isRunt, lane, unless } from "../lib/lane.ts";
import type { Background } from "../lib/run.ts";
import { eventually, run, waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };
const memory = { skip: unless(isRunt && controllers().includes("memory"), "no memory controller here") };

interface Event {
  readonly type: string;
  readonly id: string;
  readonly data?: Record<string, unknown>;
}

const parse = (text: string): Event[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line): Event => JSON.parse(line));

/** Watches containers that share a state directory; ends with the test. */
async function watch(t: Test, c: Container, ...args: string[]): Promise<Background> {
  const events = c.background(["events", ...args]);
  t.teardown(() => events.dispose());
  t.ok(await eventually(() => parse(events.stdout).length > 0), "the first statistics come at once");
  return events;
}

/** What happened to a container, in words. */
const story = (events: Background, id: string): string[] =>
  parse(events.stdout)
    .filter((event) => event.id === id && event.type !== "stats")
    .map(({ type, data }) => (type === "lifecycle" ? String(data?.["status"]) : type));

/** A second container in the state directory of the first. */
function sibling(t: Test, c: Container, id: string): void {
  c.config.linux.cgroupsPath = `${c.cgroupsPath}-${id}`;
  c.save();
  must(c.command(["create", "--bundle", c.bundle, id]));
  t.teardown(() => c.command(["delete", "--force", id]));
}

t.test("every new status is told as it comes, though the next statistics are far off", ours, async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.create());
  const events = await watch(t, c, "--interval", "1h", c.id);
  const told = async (...expected: string[]): Promise<void> => {
    t.ok(await eventually(() => story(events, c.id).length >= expected.length));
    t.strictSame(story(events, c.id), expected);
  };
  must(c.start());
  await told("running");
  must(c.command(["pause", c.id]));
  await told("running", "paused");
  must(c.command(["resume", c.id]));
  await told("running", "paused", "running");
  // These change no status.
  must(c.exec(["true"]));
  must(c.command(["update", "-r", "-", c.id], { input: "{}" }));
  must(c.command(["state", c.id]));
  must(c.kill("KILL"));
  const { code, timedOut, stderr } = await events.end(10);
  t.strictSame([code, timedOut, stderr], [0, false, ""]);
  await told("running", "paused", "running", "stopped");
  t.equal(parse(events.stdout).filter(({ type }) => type === "stats").length, 1);
});

t.test("several containers in one stream, which ends with the last of them", ours, async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  sibling(t, c, "one");
  sibling(t, c, "two");
  const events = await watch(t, c, "--interval", "100ms", "one", "two", "one");
  must(c.command(["start", "two"]));
  t.ok(await eventually(() => story(events, "two").length === 1));
  must(c.command(["delete", "--force", "two"]));
  t.ok(await eventually(() => story(events, "two").length === 2));
  t.strictSame(story(events, "two"), ["running", "stopped"]);
  const before = parse(events.stdout).length;
  t.ok(await eventually(() => parse(events.stdout).length > before + 2), "the other goes on");
  const later = parse(events.stdout).slice(before);
  t.ok(later.every(({ type, id }) => type === "stats" && id === "one"));
  must(c.command(["delete", "--force", "one"]));
  t.notOk((await events.end(10)).timedOut);
  t.strictSame(story(events, "one"), ["stopped"]);
});

t.test("statistics come at their interval, whatever else comes", ours, async (t) => {
  const c = container(t);
  c.startSleeping();
  const events = await watch(t, c, "--interval", "150ms", c.id);
  for (let times = 0; times < 6; times++) {
    must(c.command(["pause", c.id]));
    must(c.command(["resume", c.id]));
  }
  t.ok(await eventually(() => parse(events.stdout).filter(({ type }) => type === "stats").length >= 4, 5));
});

t.test("an OOM kill is told, once, of the container that it was in", memory, async (t) => {
  const c = container(t, (config) => {
    // One process of two is killed: the container goes on.
    config.process.args = ["sh", "-c", "sleep 1; tail /dev/zero; sleep 100"];
    config.linux.resources.memory = { limit: 16 << 20, swap: 16 << 20 };
  });
  must(c.create());
  c.config.linux.resources.memory = {};
  c.config.process.args = ["sleep", "100"];
  sibling(t, c, "calm");
  must(c.command(["start", "calm"]));
  const events = await watch(t, c, "--interval", "1h", c.id, "calm");
  must(c.start());
  t.ok(await eventually(() => story(events, c.id).includes("oom"), 15));
  must(c.command(["delete", "--force", c.id]));
  must(c.command(["delete", "--force", "calm"]));
  await events.end(10);
  t.strictSame(story(events, c.id), ["running", "oom", "stopped"]);
  t.strictSame(story(events, "calm"), ["stopped"]);
});

t.test("--stats is one object and an end; with several ids one each", ours, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  sibling(t, c, "one");
  sibling(t, c, "two");
  const [first, second, ...more] = parse(must(c.command(["events", "--stats", "one", "two"])).stdout);
  t.strictSame([first?.id, second?.id, more], ["one", "two", []]);
  t.end();
});

const runc = findProgram("runc");
t.test(
  "the members of statistics are those of runc, and more",
  { skip: unless(runc !== undefined && lane !== "uml", "no runc here to compare with") },
  (t) => {
    const [mine, theirs] = [container(t), container(t, undefined, { runtime: runc ?? "" })].map((c): Event => {
      c.startSleeping();
      return JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
    });
    const missing: string[] = [];
    const compare = (a: unknown, b: unknown, at: string): void => {
      if (typeof b !== "object" || b === null || Array.isArray(b)) {
        if (typeof a !== typeof b || Array.isArray(a) !== Array.isArray(b)) missing.push(`${at}: ${typeof a}, ${typeof b}`);
        return;
      }
      for (const [name, member] of Object.entries(b)) {
        const own: unknown = typeof a === "object" && a !== null ? Reflect.get(a, name) : undefined;
        if (member !== null) compare(own, member, `${at}/${name}`);
      }
    };
    compare(mine, theirs, "");
    t.strictSame(missing, []);
    t.end();
  },
);

t.test("every member that engines decode is there", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const { data } = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
  const members = (value: object): string[] => Object.keys(value).filter((name) => name !== "psi");
  t.strictSame(members(data), ["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"]);
  t.strictSame(members(data.cpu), ["usage", "throttling"]);
  t.strictSame(members(data.cpu.usage), ["total", "percpu", "percpu_kernel", "percpu_user", "kernel", "user"]);
  t.strictSame(members(data.cpu.throttling), ["periods", "throttledPeriods", "throttledTime"]);
  t.strictSame(members(data.memory), ["cache", "usage", "swap", "kernel", "kernelTCP", "raw"]);
  for (const kind of ["usage", "swap", "kernel", "kernelTCP"])
    t.strictSame(members(data.memory[kind]), ["limit", "usage", "max", "failcnt"], kind);
  t.strictSame(members(data.pids), ["current", "limit"]);
  t.strictSame(members(data.blkio), [
    "ioServiceBytesRecursive",
    "ioServicedRecursive",
    "ioQueueRecursive",
    "ioServiceTimeRecursive",
    "ioWaitTimeRecursive",
    "ioMergedRecursive",
    "ioTimeRecursive",
    "sectorsRecursive",
  ]);
  t.strictSame(data.intel_rdt, {});
  t.end();
});

t.test("network interfaces are counted, of a network namespace that is the container's", ours, (t) => {
  const c = container(t);
  c.config.process.args = ["sh", "-c", "ping -c 2 127.0.0.1 >/dev/null; > /done; sleep 100"];
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "done"))));
  const [lo, ...others] = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout).data.network_interfaces;
  t.match(lo, { Name: "lo", RxErrors: 0, RxDropped: 0, TxErrors: 0, TxDropped: 0 });
  for (const counter of ["RxBytes", "RxPackets", "TxBytes", "TxPackets"]) t.ok(lo[counter] > 1, counter);
  t.ok(others.every(({ Name }: { Name: string }) => Name !== ""));
  const hosts = container(t, (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "network");
    config.mounts = config.mounts.filter(({ type }) => type !== "sysfs");
  });
  hosts.startSleeping();
  t.equal(JSON.parse(must(hosts.command(["events", "--stats", hosts.id])).stdout).data.network_interfaces, null);
  t.end();
});

t.test("events of what does not run, with no time between, or to nobody", ours, async (t) => {
  const c = container(t);
  for (const interval of ["0", "0s", "-1s", "x", "5 s"])
    t.match(c.command(["events", `--interval=${interval}`, c.id]), { code: 1, stderr: /it is a duration above 0/ }, interval);
  t.match(c.command(["events", c.id]), { code: 1, stderr: /container does not exist/ });
  c.startSleeping();
  t.match(c.command(["events", c.id, "missing"]), { code: 1, stdout: "", stderr: /"missing".*does not exist/ });
  const full = openSync("/dev/full", "w");
  const { stderr } = must(
    run(["sh", "-c", '"$@" >&3; test $? = 1', "sh", ...c.argv("events", "--stats", c.id)], { extraFds: [full] }),
  );
  closeSync(full);
  t.match(stderr, /no space left on device/);
});
