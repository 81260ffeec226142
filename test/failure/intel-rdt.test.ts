// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 90
/** The runtime is killed while it makes resctrl groups: `delete --force` leaves none of its own, and all of others. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import type { Container } from "../lib/container.ts";
import { must } from "../lib/container.ts";
import { callsOf, failing, faultyRuntime } from "../lib/faults.ts";
import type { Call } from "../lib/faults.ts";
import { unless } from "../lib/lane.ts";
import { events, resctrl, ROOT, skip as skipWithout, text, withRdt } from "../lib/resctrl.ts";

const skip = skipWithout || unless(existsSync(faultyRuntime), "build/runt-faults is not built");

/** A container with groups of its own, and what the runtime calls from the clone of its init on. */
function withCalls(t: Test, intelRdt: object): { c: Container; calls: Call[] } {
  const c = withRdt(t, intelRdt, { runtime: faultyRuntime });
  const calls = ["the first makes parents, too", "all others"].map(() => {
    const made = callsOf((env) => must(c.create([], { env })));
    must(c.delete("--force"));
    return made.filter(({ role }) => role === "parent");
  })[1];
  return { c, calls: calls?.slice(calls.findIndex(({ name }) => name === "clone3") + 1) ?? [] };
}

t.test("a create that is killed at any call leaves no group to delete --force", { skip }, (t) => {
  const served = resctrl(t, ["gold"]);
  for (const rdt of [
    { enableMonitoring: true, l3CacheSchema: "L3:0=f" },
    { closID: "gold", enableMonitoring: true },
  ]) {
    const { c, calls } = withCalls(t, rdt);
    t.ok(calls.some(({ name }) => name === "mkdirat"));
    const before = events(served).length;
    for (const call of calls) {
      const where = `${call.number} ${call.name}`;
      c.create([], { env: failing(call, "kill") });
      t.match(c.delete("--force"), { code: 0 }, where);
      t.notOk(existsSync(join(ROOT, c.id)) || existsSync(join(ROOT, "gold/mon_groups", c.id)), where);
    }
    const made = events(served).slice(before);
    t.ok(made.filter((line) => line.startsWith("mkdir")).length > 5);
    t.equal(made.filter((line) => line.startsWith("rmdir")).length, made.filter((line) => line.startsWith("mkdir")).length);
  }
  t.ok(existsSync(join(ROOT, "gold")));
  t.end();
});

t.test("a create that is killed before it makes its group: whoever makes one of that name keeps it", { skip }, (t) => {
  resctrl(t);
  const { c, calls } = withCalls(t, {});
  const mkdir = calls.find(({ name }) => name === "mkdirat");
  if (mkdir === undefined) throw new Error("no group is made");
  t.not(c.create([], { env: failing(mkdir, "kill") }).code, 0);
  t.notOk(existsSync(join(ROOT, c.id)));
  mkdirSync(join(ROOT, c.id));
  writeFileSync(join(ROOT, c.id, "tasks"), String(process.pid), { flag: "r+" });
  must(c.delete("--force"));
  t.equal(text(c.id, "tasks"), `${process.pid}\n`);
  t.end();
});
