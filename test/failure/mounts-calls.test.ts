// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** Every call that mounts add and remove make fails once, in the runtime and in its visitor: all mounts are there or none. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { badEnding, callsOf, EIO, ENOMEM, faultyRuntime, leftovers, sample, walk } from "../lib/faults.ts";
import { cgroupDirectories, isAlive, mountOn, processesWith } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

for (const command of ["add", "remove"] as const) {
  t.test(`mounts ${command}: each call fails, or kills its process`, { skip }, (t) => {
    const c = container(t, undefined, { runtime: faultyRuntime });
    const pid = c.startSleeping();
    const source = join(c.directory, "data");
    mkdirSync(source);
    const mounts = [
      { destination: "/one", type: "bind", source, options: ["bind", "ro"] },
      { destination: "/two", type: "tmpfs", source: "tmpfs", options: ["size=64k"] },
    ];
    const change = (which: "add" | "remove", env = process.env): Result =>
      c.command(["mounts", which, c.id, "-"], { input: JSON.stringify({ mounts }), env, timeout: 10 });
    const there = (): string =>
      mounts
        .map(({ destination }) => destination)
        .filter((point) => mountOn(pid, point) !== undefined)
        .join();
    const reset = (): void => {
      const [wanted, back] = command === "add" ? ["", "remove" as const] : ["/one,/two", "add" as const];
      if (there() === "/one,/two" && wanted === "") must(change(back));
      else if (there() === "" && wanted !== "") must(change(back));
      else if (there() !== wanted) {
        for (const mount of mounts.filter(({ destination }) => there().includes(destination)))
          must(c.command(["mounts", "remove", c.id, "-"], { input: JSON.stringify({ mounts: [mount] }) }));
        if (wanted !== "") must(change("add"));
      }
    };
    reset();
    const before = there();
    const calls = callsOf((env) => must(change(command, env)));
    const after = there();
    t.not(before, after);
    t.ok(calls.some(({ role }) => role === "visitor"));
    const problems = walk({
      calls: sample(calls, 4),
      faults: [EIO, ENOMEM, "kill"],
      step: (env, fault, call) => {
        reset();
        const result = change(command, env);
        const wrong = badEnding(result, fault);
        const now = there();
        if (result.code === 0 && now !== after) wrong.push(`code 0, and there is "${now}"`);
        // Nobody takes back what a killed visitor has done.
        if (fault !== "kill" && now !== before && now !== after)
          wrong.push(`code ${result.code ?? "none"}, and there is "${now}"`);
        if (fault === "kill" && call.role === "visitor" && result.code !== 1) wrong.push(`code ${result.code ?? "none"}`);
        if (!isAlive(pid)) wrong.push("it is dead");
        if (readFileSync("/proc/self/mountinfo", "utf8").includes(c.directory)) wrong.push("a mount on the host");
        if (!waitUntil(() => processesWith(c.id).length === 0, 3)) wrong.push("a process is left");
        return wrong;
      },
    });
    t.strictSame(problems, []);
    t.equal(c.status(), "running");
    must(c.delete("--force"));
    t.strictSame(leftovers(c, cgroupDirectories(c.cgroupsPath), []), []);
    t.end();
  });
}
