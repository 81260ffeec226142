// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 300
/**
 * Every call that create and start make fails once, in every process that makes it: the runtime must say so or do without, and
 * `delete --force` must leave nothing.
 */
import { existsSync } from "node:fs";
import t from "tap";
import { container } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { callsOf, EIO, ENOMEM, failing, faultyRuntime, leftovers, sample } from "../lib/faults.ts";
import { cgroupDirectories, processesWith } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");
function prepare(t: Parameters<typeof container>[0]): Container {
  return container(t, (config) => (config.process.args = ["sleep", "7171"]), { runtime: faultyRuntime });
}

/** Deletes the container with a runtime that works; what is left then, in words. */
function whatIsLeft(c: Container): string[] {
  const deleted = c.command(["delete", "--force", c.id]);
  if (deleted.code !== 0) return [`delete --force fails: ${deleted.stderr}`];
  waitUntil(() => processesWith(c.id).length === 0 && processesWith("7171").length === 0, 3);
  return leftovers(c, cgroupDirectories(c.cgroupsPath), [...processesWith(c.id), ...processesWith("7171")]);
}

for (const { errno, word } of [
  { errno: EIO, word: "fails with EIO" },
  { errno: ENOMEM, word: "fails with ENOMEM" },
  { errno: "kill", word: "kills its process" },
] as const) {
  t.test(`create: each call ${word}`, { skip }, (t) => {
    const c = prepare(t);
    const calls = callsOf((env) => {
      if (c.create([], { env }).code !== 0) throw new Error("create fails without any fault");
    });
    t.strictSame(whatIsLeft(c), [], "with no fault");
    t.ok(calls.length > 50, `${calls.length} calls`);
    const problems: string[] = [];
    for (const call of sample(calls)) {
      const result = c.create([], { env: failing(call, errno), timeout: 10 });
      const where = `${call.role} ${call.number} ${call.name}`;
      if (result.timedOut) problems.push(`${where}: create hangs`);
      else if (result.code !== 0 && errno !== "kill" && result.stderr.trim() === "")
        problems.push(`${where}: no message, code ${result.code}`);
      else if (/TypeError|ReferenceError|InternalError|undefined is not/.test(result.stderr))
        problems.push(`${where}: ${result.stderr}`);
      problems.push(...whatIsLeft(c).map((left) => `${where}: leaves ${left}`));
      if (problems.length > 10) break;
    }
    t.strictSame(problems, []);
    t.end();
  });
}

for (const errno of [EIO, "kill"] as const) {
  t.test(`start: each call ${errno === "kill" ? "kills its process" : "fails with EIO"}`, { skip }, (t) => {
    const c = prepare(t);
    c.create();
    const calls = callsOf((env) => c.command(["start", c.id], { env }));
    whatIsLeft(c);
    const problems: string[] = [];
    for (const call of sample(calls.filter((entry) => entry.role === "parent"))) {
      c.create();
      const result = c.command(["start", c.id], { env: failing(call, errno), timeout: 10 });
      const where = `${call.number} ${call.name}`;
      if (result.timedOut) problems.push(`${where}: start hangs`);
      problems.push(...whatIsLeft(c).map((left) => `${where}: leaves ${left}`));
      if (problems.length > 10) break;
    }
    t.strictSame(problems, []);
    t.end();
  });
}

t.test("delete --force: each call fails, and a second one finishes the work", { skip }, (t) => {
  const c = prepare(t);
  c.create();
  const calls = callsOf((env) => c.command(["delete", "--force", c.id], { env }));
  const problems: string[] = [];
  for (const errno of [EIO, "kill"] as const) {
    for (const call of sample(calls)) {
      c.create();
      const result = c.command(["delete", "--force", c.id], { env: failing(call, errno), timeout: 10 });
      if (result.timedOut) problems.push(`${call.number} ${call.name}: hangs`);
      problems.push(...whatIsLeft(c).map((left) => `${errno} ${call.number} ${call.name}: leaves ${left}`));
      if (problems.length > 10) break;
    }
  }
  t.strictSame(problems, []);
  t.end();
});
