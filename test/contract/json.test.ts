// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** What state, list and ps print, member by member beside the runc of this machine, and what the two cannot agree on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must, recordText, stateFile } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { findProgram, isRunt, runtime, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

const runc = findProgram("runc");
const beside = { skip: unless(runc !== undefined, "no runc here to compare with") };
const ours = { skip: unless(isRunt, "of runt") };

/** The same container, made by the runtime under test and by runc. */
function pair(t: Test): readonly [Container, Container] {
  return [container(t), container(t, undefined, { runtime: runc ?? "" })];
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** A value with types for values, so that two of them can be compared; lists by their first. */
function shape(value: Json): Json {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== "object") return typeof value;
  return Object.entries(value).map(([name, member]) => [name, shape(member)]);
}

const parse = (text: string): Json => JSON.parse(text);

t.test("state: the same members in the same order, indented by two, without a newline", beside, (t) => {
  const stages: readonly ((c: Container) => void)[] = [
    (c) => void must(c.create()),
    (c) => void must(c.start()),
    (c) => void must(c.command(["pause", c.id])),
    (c) => {
      must(c.command(["resume", c.id]));
      must(c.kill("KILL"));
      t.ok(waitUntil(() => c.status() === "stopped"));
    },
  ];
  const two = pair(t);
  for (const c of two) {
    c.config.process.args = ["sleep", "100"];
    c.config.annotations = { a: "1/2 <&>", b: "2" };
  }
  for (const stage of stages) {
    two.forEach(stage);
    const [mine = "", theirs = ""] = two.map((c) => must(c.command(["state", c.id])).stdout);
    const status = JSON.parse(theirs).status;
    t.strictSame(shape(parse(mine)), shape(parse(theirs)), status);
    t.equal(JSON.parse(mine).status, status);
    t.equal(mine, JSON.stringify(parse(mine), null, 2), "as JSON.stringify would write it");
    if (status === "stopped") t.equal(JSON.parse(mine).pid, 0);
  }
  t.end();
});

t.test("list: the same members in the same order on one line, and null for none", beside, (t) => {
  const two = pair(t);
  for (const c of two) {
    c.config.process.args = ["sleep", "100"];
    c.config.annotations = { a: "1" };
    mkdirSync(c.stateRoot);
    t.equal(must(c.command(["list", "--format", "json"])).stdout.trim(), "null");
    must(c.create());
  }
  const [mine = "", theirs = ""] = two.map((c) => must(c.command(["list", "--format", "json"])).stdout);
  t.strictSame(shape(parse(mine)), shape(parse(theirs)));
  t.equal(mine.split("\n").length, theirs.split("\n").length);
  t.end();
});

t.test("list: the table has the columns of runc, as wide as it makes them", beside, (t) => {
  const two = pair(t);
  const layout = (c: Container): string[] => {
    must(c.create());
    const [head = "", line = ""] = must(c.command(["list"])).stdout.split("\n");
    const columns = [...head.matchAll(/\S+ */g)].map(({ index }) => index);
    const cells = columns.map((from, at) => line.slice(from, columns[at + 1]).trimEnd());
    t.strictSame(cells.slice(0, 1).concat(cells.slice(2, 4), cells.slice(5)), [c.id, "created", c.bundle, "root"]);
    t.match(cells[4], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    return head.trim().split(/ +/);
  };
  const [mine, theirs] = two.map(layout);
  t.strictSame(mine, theirs);
  t.end();
});

t.test("list: a state that cannot be read is told, and the others are listed; a root that was named must be there", (t) => {
  const c = container(t);
  must(c.create());
  if (isRunt) writeFileSync(join(c.stateRoot, "broken"), "record {\n");
  else mkdirSync(join(c.stateRoot, "broken"));
  const result = c.command(["list", "--quiet"]);
  t.equal(result.code, 0);
  t.match(result.stdout, new RegExp(`^(broken\n)?${c.id}\n`));
  t.match(must(c.command(["list"])).stderr, /^(load container broken: .*\n)?$/);
  t.equal(run([runtime, "--root", join(c.directory, "none"), "list"]).code, 1);
  const empty = { PATH: process.env["PATH"] ?? "", XDG_RUNTIME_DIR: join(c.directory, "none") };
  t.equal(run([runtime, "list", "--quiet"], { env: empty }).code, 0, "the default one need not");
  t.end();
});

t.test("list: the owner is a name, or the number where the host has none", ours, (t) => {
  const c = container(t);
  must(c.create());
  const record = stateFile(c);
  t.equal(JSON.parse(recordText(c)).owner, 0);
  must(run(["sed", "-i", 's/"owner":0/"owner":54321/', record]));
  t.equal(JSON.parse(must(c.command(["list", "--format", "json"])).stdout)[0].owner, "#54321");
  t.end();
});

t.test("ps: pids as JSON, null for none, and the table of the host's ps", beside, (t) => {
  const two = pair(t);
  const outputs = two.map((c) => {
    const pid = c.startSleeping();
    t.equal(must(c.command(["ps", "--format", "json", c.id])).stdout.trim(), `[${pid}]`);
    t.equal(must(c.command(["ps", "-f", "json", c.id])).stdout.trim(), `[${pid}]`);
    const tables = [[], ["-o", "pid,comm"], ["aux"], ["-ef"], ["-eo", "comm,pid"]].map((args) => {
      const table = must(c.command(["ps", c.id, ...args])).stdout;
      t.equal(table.trim().split("\n").length, 2, `${args.join(" ")}: a heading and one process`);
      t.match(table, new RegExp(`\\b${pid}\\b`));
      return table.split("\n")[0];
    });
    t.match(c.command(["ps", c.id, "-o", "comm"]), { code: 1, stderr: /PID/ });
    t.match(c.command(["ps", c.id, "--nosuch"]), { code: 1, stderr: /unknown gnu long option/ });
    must(c.kill("KILL"));
    t.ok(waitUntil(() => c.status() === "stopped"));
    t.equal(must(c.command(["ps", "--format", "json", c.id])).stdout.trim(), "null");
    return [
      ...tables,
      must(c.command(["ps", c.id]))
        .stdout.trim()
        .split("\n").length,
    ];
  });
  t.strictSame(outputs[0], outputs[1], "headings as with runc");
  t.end();
});

t.test("features: everything that runc has is there, with the same types", beside, (t) => {
  const [mine, theirs] = [runtime, runc ?? ""].map((program) => JSON.parse(must(run([program, "features"])).stdout));
  const missing: string[] = [];
  const compare = (a: unknown, b: unknown, at: string): void => {
    if (Array.isArray(b)) {
      const list: unknown[] = Array.isArray(a) ? a : [];
      missing.push(...b.filter((entry) => !list.includes(entry)).map((entry) => `${at}: ${String(entry)}`));
    } else if (typeof b === "object" && b !== null) {
      for (const [name, member] of Object.entries(b)) {
        const own: unknown = typeof a === "object" && a !== null ? Reflect.get(a, name) : undefined;
        compare(own, member, `${at}/${name}`);
      }
    } else if (typeof a !== typeof b) missing.push(at);
  };
  compare(mine, theirs, "");
  t.strictSame(missing, [
    "/mountOptions: acl", // dropped by runc after 1.1: a file system's own word
    "/mountOptions: noacl",
    "/annotations/org.opencontainers.runc.commit",
    "/annotations/org.opencontainers.runc.version",
  ]);
  t.end();
});
