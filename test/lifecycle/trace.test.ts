// SPDX-License-Identifier: Apache-2.0
/** `--trace FILE`: a Chrome trace with every call of the runtime's processes, held against strace(1); and nothing without it. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must, stateFile } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { countCalls, differences, isOfHost, processNames, readStrace, readTrace, tracedCalls } from "../lib/trace.ts";
import type { TraceEvent } from "../lib/trace.ts";

const skip = unless(isRunt, "an option of runt");
const straceWorks = run(["strace", "-f", "-qq", "-o", "/dev/null", "true"]).code === 0;
const skipStrace = isRunt ? unless(straceWorks, "no strace that may trace") : skip;

const traceFile = (c: Container): string => join(c.directory, "trace");

/** The events of one command. */
function traceOf(c: Container, args: readonly string[]): TraceEvent[] {
  must(c.command(["--trace", traceFile(c), ...args]));
  return readTrace(traceFile(c));
}

/** The command line of a foreground run, with strace around it. */
function straced(c: Container, flags: readonly string[]): string[] {
  return ["strace", "-f", "-qq", "-o", join(c.directory, "strace"), ...c.argv(...flags, "run", "--bundle", c.bundle, c.id)];
}

const last = <T>(list: readonly T[]): T | undefined => list.at(-1);

t.test("run: the calls of the runtime and of init, in the form that viewers read", { skip }, (t) => {
  const c = container(t);
  c.save();
  const events = traceOf(c, ["run", "--bundle", c.bundle, c.id]);
  const names = processNames(events);
  t.strictSame([...names.values()], ["runt", "init"]);
  const calls = events.filter(({ ph }) => ph === "X");
  t.strictSame(
    calls.filter(({ ts = 0, dur = -1, pid, tid, args }) => ts <= 0 || dur < 0 || tid !== pid || args?.["errno"] === undefined),
    [],
    "each has its time, duration, process and errno",
  );
  for (const [pid, name] of names) {
    const times = calls.filter((event) => event.pid === pid).map(({ ts = 0 }) => ts);
    t.ok(times.length > 50, `${name} makes ${times.length} calls`);
    t.strictSame(
      times,
      times.toSorted((a, b) => a - b),
      `${name}'s are in their order`,
    );
  }
  t.ok(
    calls.find(({ name, args }) => name === "openat" && args?.["arg2"] === stateFile(c)),
    "paths are told",
  );
  const failed = calls.find(({ args }) => args?.["errno"] !== 0);
  t.ok(failed, "and failures");
  t.match(last(events.filter(({ pid }) => names.get(pid) === "init")), { name: "execve", ph: "i" }, "init's last call");
  t.equal(names.get(last(events)?.pid ?? -1), "runt", "the runtime ends after it");
  t.end();
});

t.test("the processes of create and exec are in the trace, each by its name", { skip }, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  t.strictSame([...processNames(traceOf(c, ["create", "--bundle", c.bundle, c.id])).values()], ["runt", "init"]);
  must(c.start());
  const exec = traceOf(c, ["exec", c.id, "true"]);
  t.strictSame([...processNames(exec).values()].slice(0, 2), ["runt", "exec"]);
  t.ok(
    exec.some(({ name, ph }) => name.startsWith("execve") && ph === "i"),
    "the program's start, too",
  );
  t.end();
});

t.test("strace sees the same calls, no more and no fewer", { skip: skipStrace }, (t) => {
  const c = container(t, (config) => setNamespace(config, "network", null)); // a new one is made by a thread with calls of its own
  c.save();
  must(run(straced(c, ["--trace", traceFile(c)])));
  const seen = readStrace(join(c.directory, "strace"));
  const begin = seen.findIndex(({ name, text }) => name === "write" && text.includes(String.raw`"[\n"`));
  t.ok(begin > 0, "the trace has a beginning");
  const events = readTrace(traceFile(c));
  // The tracer's own: the first two writes, and one a later event; each event but the first asks for the pid.
  const [, fd] = /^(\d+),/.exec(seen[begin]?.text ?? "") ?? [];
  const own = seen.slice(begin).filter(({ name, text }) => name === "write" && text.startsWith(`${fd ?? "?"}, `));
  t.equal(own.length, events.length + 1);
  const expected = new Map(tracedCalls(events));
  expected.set("write", (expected.get("write") ?? 0) + own.length);
  expected.set("getpid", (expected.get("getpid") ?? 0) + events.length);
  expected.set("exit_group", (expected.get("exit_group") ?? 0) + 1); // of the C host, after the last line of the program
  const calls = seen.slice(begin).filter((call) => !isOfHost(call));
  t.strictSame(differences(countCalls(calls), expected), []);
  t.end();
});

t.test("without it nothing is written, and no call is made for it", { skip: skipStrace }, (t) => {
  const c = container(t);
  c.save();
  const before = readdirSync(c.directory);
  must(run(straced(c, [])));
  t.strictSame(readdirSync(c.directory), [...before, "state", "strace"].sort());
  const off = readStrace(join(c.directory, "strace"));
  t.strictSame(
    off.filter(({ text }) => text.includes("process_name") || /^900\b/.test(text)),
    [],
  );
  must(run(straced(c, ["--trace", traceFile(c)])));
  const on = readStrace(join(c.directory, "strace"));
  const traced = tracedCalls(readTrace(traceFile(c)));
  const getpid = (calls: typeof off): number => calls.filter(({ name }) => name === "getpid").length;
  t.equal(getpid(off), traced.get("getpid") ?? 0, "the pid is asked for by the program alone");
  const events = readTrace(traceFile(c)).length;
  // Two calls an event, the first line, and opening the file. How often the runtime polls for init varies by a few.
  const extra = on.length - off.length - 2 * events;
  t.ok(extra >= 0 && extra < 12, `${off.length} calls without, ${on.length} with a trace of ${events} events`);
  t.end();
});

t.test("names with quotes, controls and great lengths are still JSON", { skip }, (t) => {
  const c = container(t);
  const strange = join(c.directory, `quote " back \\ line \n tab \t ä`);
  mkdirSync(strange);
  c.config.mounts.push({ destination: "/in", type: "bind", source: strange, options: ["bind", "ro"] });
  const long = Array.from({ length: 16 }, () => "d".repeat(200)).join("/");
  c.config.mounts.push({ destination: `/${long}`, type: "tmpfs", source: "tmpfs" });
  c.save();
  const events = traceOf(c, ["run", "--bundle", c.bundle, c.id]);
  const texts = events.flatMap(({ args }) => Object.values(args ?? {})).map(String);
  t.ok(texts.includes(strange), "told as it is");
  t.ok(
    texts.some((text) => text.length > 1000 && `/${long}`.includes(text)),
    "what is too long is cut",
  );
  t.end();
});

t.test("a trace that cannot be opened is an error; one that cannot be written changes nothing", { skip }, (t) => {
  const c = container(t);
  c.save();
  const result = c.command(["--trace", join(c.directory, "none/trace"), "run", "--bundle", c.bundle, c.id]);
  t.equal(result.code, 1);
  t.match(result.stderr, /none\/trace.*no such file or directory/);
  t.notOk(existsSync(join(c.stateRoot, c.id)));
  must(c.command(["--trace", "/dev/full", "run", "--bundle", c.bundle, c.id]));
  t.end();
});
