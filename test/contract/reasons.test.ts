// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml
/** Longer texts that users of runc know, whole: what hooks say, how a limit of memory ends a start, and what is in the way of create. */
import { mkdirSync, rmdirSync } from "node:fs";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { controllers, isRunt, unless } from "../lib/lane.ts";
import { cgroupDirectories, processesWith } from "../lib/kernel.ts";

const ours = { skip: unless(isRunt, "wording of runt") };
const shell = (script: string, more: object = {}): object => ({ path: "/bin/sh", args: ["sh", "-c", script], ...more });

t.test("a hook that fails: which one, its exit status, and all that it said", ours, (t) => {
  for (const kind of ["prestart", "createRuntime", "createContainer"]) {
    const c = container(t);
    c.config.hooks = { [kind]: [shell("exit 0"), shell("echo its words; echo its errors >&2; exit 3")] };
    const { code, stderr } = c.create();
    t.equal(code, 1);
    t.match(stderr, `error running ${kind} hook #1: exit status 3, stdout: its words, stderr: its errors\n`, kind);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("a hook that takes too long: how long it may, and it is gone", ours, (t) => {
  const c = container(t);
  c.config.hooks = { createRuntime: [shell("exec sleep 5151", { timeout: 1 })] };
  t.match(c.create(), { code: 1, stderr: /error running createRuntime hook #0: hook ran past specified timeout of 1\.0s\n/ });
  t.strictSame(processesWith("sleep\x005151"), []);
  t.equal(c.status(), "none");
  t.end();
});

t.test("a hook that is not there", ours, (t) => {
  const c = container(t);
  c.config.hooks = { createRuntime: [{ path: "/no/such/hook" }] };
  t.match(c.create().stderr, /error running createRuntime hook #0: .*"\/no\/such\/hook": no such file or directory/);
  t.end();
});

t.test(
  "a limit of memory in which init cannot live",
  { skip: ours.skip || unless(controllers().includes("memory"), "no memory controller here") },
  (t) => {
    const c = container(t, (config) => (config.linux.resources.memory = { limit: 16384, swap: 16384 }));
    const { code, stderr } = c.create();
    t.equal(code, 1);
    t.match(stderr, /container init was OOM-killed \(memory limit too low\?\)/);
    t.match(stderr, /hint: raise linux\.resources\.memory\.limit/);
    t.equal(c.status(), "none");
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
    t.end();
  },
);

t.test("a cgroup that somebody else is in: how many they are", ours, (t) => {
  const first = container(t);
  first.startSleeping();
  must(first.exec(["sleep", "100"], ["--detach"]));
  const second = container(t, (config) => (config.linux.cgroupsPath = first.cgroupsPath));
  t.match(second.create().stderr, /container's cgroup is not empty: 2 process\(es\) found/);
  t.equal(first.status(), "running");
  t.end();
});

t.test("what an empty left-over of another runtime is: nothing in the way", ours, (t) => {
  const c = container(t);
  const [path = ""] = (must(c.create()), cgroupDirectories(c.cgroupsPath));
  must(c.delete());
  mkdirSync(path);
  t.teardown(() => cgroupDirectories(c.cgroupsPath).forEach((directory) => rmdirSync(directory)));
  must(c.create());
  must(c.delete());
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.end();
});
