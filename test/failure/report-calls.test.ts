// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** Every call of the commands that only tell something fails once: they tell it, or say why not, and change nothing. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import t from "tap";
import { container, must, stateFile } from "../lib/container.ts";
import { badEnding, callsOf, EIO, ENOMEM, faultyRuntime, sample, walk } from "../lib/faults.ts";
import { isAlive } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

const COMMANDS: readonly (readonly string[])[] = [
  ["state", "ID"],
  ["list"],
  ["list", "--format", "json"],
  ["ps", "ID"],
  ["ps", "--format", "json", "ID"],
  ["events", "--stats", "ID"],
  ["features"],
];

t.test("each call of a command that tells something fails", { skip }, (t) => {
  const c = container(t, undefined, { runtime: faultyRuntime });
  const pid = c.startSleeping();
  const stateOf = (): string => `${readdirSync(c.stateRoot).join(" ")} ${readFileSync(stateFile(c), "utf8")}`;
  const before = stateOf();
  for (const words of COMMANDS) {
    const command = words.map((word) => (word === "ID" ? c.id : word));
    const calls = callsOf((env) => must(c.command(command, { env })));
    t.ok(calls.length > 3, `${words.join(" ")}: ${calls.length} calls`);
    const problems = walk({
      calls: sample(calls.filter(({ role }) => role === "parent")),
      faults: [EIO, ENOMEM],
      step: (env, fault, call) => {
        const result = c.command(command, { env, timeout: 10 });
        // What was to be said could not be said.
        const wrong = call.name === "write" ? [] : badEnding(result, fault);
        if (result.code === 0 && call.name !== "write" && result.stdout === "") wrong.push("code 0, and nothing is told");
        return wrong;
      },
    });
    t.strictSame(problems, [], words.join(" "));
  }
  t.equal(stateOf(), before);
  t.ok(isAlive(pid));
  t.equal(c.status(), "running");
  t.end();
});
