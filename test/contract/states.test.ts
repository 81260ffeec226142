// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** Every command in every state of a container: the exit code, which is that of the runc beside us where there is one, and the reason. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { findProgram, isRunt, unless } from "../lib/lane.ts";
import { eventually, waitUntil } from "../lib/run.ts";

const STATES = ["missing", "created", "running", "paused", "stopped"] as const;
type State = (typeof STATES)[number];
/** What is said on standard error, or that it succeeds. */
type Outcome = RegExp | "done";

interface Command {
  readonly words: readonly string[];
  /** After the id. */
  readonly rest?: readonly string[];
  /** On standard input. */
  readonly input?: string;
  readonly outcomes: readonly [missing: Outcome, created: Outcome, running: Outcome, paused: Outcome, stopped: Outcome];
  /** The exit code of a failure; 1 unless told. */
  readonly code?: number;
  /** The container is another one when it is done. */
  readonly changes?: true;
  /** Why runc is not asked. */
  readonly unlikeRunc?: string;
}

const missing = /container does not exist/;
const notRunning = /container not running/;
const exists = /container with given ID already exists/;
const notStopped = /cannot delete container \S+ that is not stopped: /;

const commands: readonly Command[] = [
  { words: ["state"], outcomes: [missing, "done", "done", "done", "done"] },
  { words: ["ps"], outcomes: [missing, "done", "done", "done", "done"] },
  { words: ["events", "--stats"], outcomes: [missing, "done", "done", "done", /not running/] },
  { words: ["update", "--pids-limit", "100"], outcomes: [missing, "done", "done", "done", notRunning] },
  { words: ["kill"], rest: ["0"], outcomes: [missing, "done", "done", "done", notRunning] },
  {
    words: ["exec"],
    rest: ["true"],
    outcomes: [missing, "done", "done", /cannot exec in a paused container/, /cannot exec in a stopped container/],
    code: 255,
  },
  {
    words: ["mounts", "remove"],
    rest: ["-"],
    input: '{"mounts":[{"destination":"/nowhere","type":"tmpfs"}]}',
    outcomes: [missing, /\/nowhere/, /\/nowhere/, /\/nowhere/, notRunning],
    unlikeRunc: "runc has no such command",
  },
  { words: ["resume"], outcomes: [missing, /not paused/, /not paused/, "done", /not paused/], changes: true },
  { words: ["pause"], outcomes: [missing, "done", "done", notRunning, notRunning], changes: true },
  {
    words: ["start"],
    outcomes: [
      missing,
      "done",
      /already running container/,
      /cannot start a.* paused/,
      /cannot start a container that has stopped/,
    ],
    changes: true,
  },
  { words: ["delete"], outcomes: [missing, "done", notStopped, notStopped, "done"], changes: true },
  { words: ["kill"], rest: ["KILL"], outcomes: [missing, "done", "done", "done", notRunning], changes: true },
  { words: ["kill", "--all"], rest: ["KILL"], outcomes: [missing, "done", "done", "done", "done"], changes: true },
  { words: ["create"], outcomes: ["done", exists, exists, exists, exists], changes: true },
  { words: ["run", "--detach"], outcomes: ["done", exists, exists, exists, exists], changes: true },
  { words: ["delete", "--force"], outcomes: ["done", "done", "done", "done", "done"], changes: true },
];

/** Brings a container that does not exist into a state. */
function bring(c: Container, state: State): void {
  c.config.process.args = ["sleep", "100"];
  if (state === "missing") c.save();
  else if (state === "created") must(c.create());
  else c.startSleeping();
  if (state === "paused") must(c.command(["pause", c.id]));
  if (state !== "stopped") return;
  must(c.kill("KILL"));
  waitUntil(() => c.status() === "stopped");
}

function again(c: Container, state: State): void {
  c.command(["resume", c.id]);
  must(c.delete("--force"));
  bring(c, state);
}

function walk(t: Test, c: Container, state: State, asRunt: boolean): void {
  bring(c, state);
  for (const { words, rest = [], outcomes, code = 1, input = "", changes, unlikeRunc } of commands) {
    if (!asRunt && unlikeRunc !== undefined) continue;
    const outcome = outcomes[STATES.indexOf(state)] ?? "done";
    const bundle = ["create", "run"].includes(words[0] ?? "") ? ["--bundle", c.bundle] : [];
    const result = c.command([...words, ...bundle, c.id, ...rest], { input });
    const name = [...words, ...rest].join(" ");
    t.equal(result.code, outcome === "done" ? 0 : code, `${name}: exit code`);
    if (outcome === "done") {
      if (changes) again(c, state);
      continue;
    }
    if (asRunt) t.match(result.stderr, outcome, name);
    t.equal(c.status(), state === "missing" ? "none" : state, `${name} changes nothing`);
  }
}

const runc = findProgram("runc");
for (const state of STATES) {
  t.test(`a container that is ${state}`, { skip: unless(isRunt, "wording of runt") }, (t) => {
    walk(t, container(t), state, true);
    t.end();
  });
  t.test(`the same of runc, ${state}`, { skip: unless(runc !== undefined, "runc is not installed") }, (t) => {
    walk(t, container(t, undefined, { runtime: runc ?? "" }), state, false);
    t.end();
  });
}

t.test("a container that another runt is creating", { skip: unless(isRunt, "of runt") }, async (t) => {
  const c = container(t);
  const gate = join(c.directory, "gate");
  const wait = `i=0; until [ -e ${gate} ] || [ $i -gt 300 ]; do i=$((i+1)); sleep 0.1; done`;
  c.config.hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", wait] }] };
  c.config.process.args = ["sleep", "100"];
  c.save();
  const creating = c.background(["create", "--bundle", c.bundle, c.id]);
  t.teardown(() => creating.dispose());
  await eventually(() => c.status() === "creating");
  t.match(c.command(["create", "--bundle", c.bundle, c.id]), { code: 1, stderr: exists }, "create");
  t.match(c.delete(), { code: 1, stderr: /that is not stopped: creating/ }, "delete");
  t.match(c.exec(["true"]), { code: 255, stderr: /still being created/ }, "exec");
  for (const words of [["ps"], ["state"]]) t.equal(c.command([...words, c.id]).code, 0, words.join(" "));
  t.equal(c.kill("0").code, 0, "kill 0");
  // Whoever changes the container waits for the other, ten seconds at most: all at once.
  const waiting = [["start"], ["update", "--pids-limit", "100"]].map((words) => c.background([...words, c.id]));
  for (const command of waiting) {
    const { code, stderr } = await command.end(20);
    t.equal(code, 1);
    t.match(stderr, /another runt has been working on it for 10.* s\nhint: /);
    command.dispose();
  }
  t.equal(c.status(), "creating", "the status");
  writeFileSync(gate, "");
  t.equal((await creating.end()).code, 0, "create");
  t.equal(c.status(), "created");
});
