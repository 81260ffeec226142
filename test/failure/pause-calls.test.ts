// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 120
/** Every call that pause, resume and kill make fails once: the container is as it was or as it was to be, and it can be told so again. */
import { existsSync } from "node:fs";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { badEnding, callsOf, EIO, ENOMEM, faultyRuntime, leftovers, sample, walk } from "../lib/faults.ts";
import { cgroupDirectories, isAlive } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

function sleeping(t: Test): { c: Container; pid: number } {
  const c = container(t, undefined, { runtime: faultyRuntime });
  return { c, pid: c.startSleeping() };
}

/** A command that changes the status of a container, and the one that changes it back. */
const CHANGES = [
  { command: "pause", from: "running", to: "paused", back: "resume" },
  { command: "resume", from: "paused", to: "running", back: "pause" },
] as const;

for (const { command, from, to, back } of CHANGES) {
  t.test(`${command}: each call fails, or kills its process`, { skip }, (t) => {
    const { c, pid } = sleeping(t);
    const reset = (): void => {
      if (c.status() !== from) must(c.command([back, c.id]));
    };
    reset();
    const calls = callsOf((env) => must(c.command([command, c.id], { env })));
    t.ok(calls.length > 10, `${calls.length} calls`);
    const changed = calls.findLast(({ name }) => name === "write" || name === "pwrite64")?.number ?? 0;
    const problems = walk({
      calls: sample(calls),
      faults: [EIO, ENOMEM, "kill"],
      step: (env, fault, call) => {
        reset();
        const result = c.command([command, c.id], { env, timeout: 10 });
        const wrong = badEnding(result, fault);
        const status = c.status();
        if (status !== from && status !== to) wrong.push(`it is ${status}`);
        if (result.code === 0 && status !== to) wrong.push(`code 0, and it is ${status}`);
        // A failed pause must not leave anybody standing still.
        if (result.code === 1 && command === "pause" && status !== from && call.number <= changed)
          wrong.push(`code 1, and it is ${status}`);
        if (!isAlive(pid)) wrong.push("it is dead");
        return wrong;
      },
    });
    t.strictSame(problems, []);
    must(c.delete("--force"));
    t.strictSame(leftovers(c, cgroupDirectories(c.cgroupsPath), []), []);
    t.end();
  });
}

t.test("kill: each call fails, or kills its process; the signal is sent or it is said that it was not", { skip }, (t) => {
  const { c, pid } = sleeping(t);
  const calls = callsOf((env) => must(c.command(["kill", c.id, "URG"], { env })));
  const problems = walk({
    calls: sample(calls),
    faults: [EIO, ENOMEM, "kill"],
    step: (env, fault) => {
      const wrong = badEnding(c.command(["kill", c.id, "URG"], { env, timeout: 10 }), fault);
      return c.status() === "running" && isAlive(pid) ? wrong : [...wrong, "it is dead"];
    },
  });
  t.strictSame(problems, []);
  must(c.kill("KILL"));
  t.end();
});
