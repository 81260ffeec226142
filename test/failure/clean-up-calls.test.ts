// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 150
/** Every call of a clean-up fails once: of a create that failed, of a run that ended, of a delete. The next delete finishes it. */
import { existsSync } from "node:fs";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { badEnding, callsOf, EIO, faultyRuntime, leftovers, sample, walk } from "../lib/faults.ts";
import { cgroupDirectories, processesWith } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

function faulty(t: Test, args: string[]): Container {
  return container(t, (config) => (config.process.args = args), { runtime: faultyRuntime });
}

/** What `delete --force` with a runtime that works leaves, in words. */
function whatIsLeft(c: Container): string[] {
  const deleted = c.delete("--force");
  if (deleted.code !== 0) return [`delete --force fails: ${deleted.stderr}`];
  waitUntil(() => processesWith(c.id).length === 0, 3);
  return leftovers(c, cgroupDirectories(c.cgroupsPath), processesWith(c.id)).map((left) => `leaves ${left}`);
}

t.test("a create that fails: each call of its clean-up fails, or kills it", { skip }, (t) => {
  const c = faulty(t, ["/no/such/program"]);
  const calls = callsOf((env) => t.match(c.create([], { env }), { code: 1, stderr: /no such file/ })).filter(
    ({ role }) => role === "parent",
  );
  t.strictSame(whatIsLeft(c), []);
  const heard = calls.findLastIndex(({ name }) => name === "recvmsg");
  t.ok(heard > 0 && calls.length - heard > 5, `${calls.length - heard} calls after the news`);
  const problems = walk({
    calls: calls.slice(heard),
    faults: [EIO, "kill"],
    step: (env, fault) => {
      const result = c.create([], { env, timeout: 10 });
      // The last calls are those of the message itself.
      const wrong = badEnding(result, fault).filter((what) => !what.includes("message"));
      if (result.code === 0) wrong.push("code 0");
      return [...wrong, ...whatIsLeft(c)];
    },
  });
  t.strictSame(problems, []);
  t.end();
});

t.test("run: each call from the start on fails, or kills the runtime", { skip }, (t) => {
  const c = faulty(t, ["true"]);
  const calls = callsOf((env) => must(c.run([], { env }))).filter(({ role }) => role === "parent");
  const problems = walk({
    calls: sample(calls, 4),
    faults: [EIO, "kill"],
    step: (env, fault) => {
      const result = c.run([], { env, timeout: 10 });
      return [...badEnding(result, fault), ...whatIsLeft(c)];
    },
  });
  t.strictSame(problems, []);
  t.end();
});

for (const flags of [[], ["--force"]]) {
  t.test(`delete ${flags.join("")} of a stopped container: each call fails, or kills it`, { skip }, (t) => {
    const c = faulty(t, ["true"]);
    const stop = (): void => {
      must(c.run(["--detach"]));
      if (!waitUntil(() => c.status() === "stopped")) throw new Error("it does not end");
    };
    stop();
    const calls = callsOf((env) => must(c.command(["delete", ...flags, c.id], { env })));
    const problems = walk({
      calls: sample(calls, 4),
      faults: [EIO, "kill"],
      step: (env, fault) => {
        stop();
        const result = c.command(["delete", ...flags, c.id], { env, timeout: 10 });
        const wrong = badEnding(result, fault);
        if (result.code === 0 && fault !== "kill" && c.status() !== "none") wrong.push(`code 0, and it is ${c.status()}`);
        return [...wrong, ...whatIsLeft(c)];
      },
    });
    t.strictSame(problems, []);
    t.end();
  });
}
