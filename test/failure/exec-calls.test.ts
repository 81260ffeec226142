// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 150
/** Every call that exec makes fails once, in every process that makes it: the container goes on as if nobody had come. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { badEnding, callsOf, EIO, ENOMEM, faultyRuntime, sample, walk } from "../lib/faults.ts";
import { cgroupDirectory, isAlive } from "../lib/kernel.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

/** What an exec left in the container, in words. */
function disturbed(pid: number): string[] {
  const procs = join(cgroupDirectory(pid, cgroupV2 ? "" : "devices") ?? "", "cgroup.procs");
  const alone = (): boolean => readFileSync(procs, "utf8") === `${pid}\n`;
  if (!isAlive(pid)) return ["the container is dead"];
  return waitUntil(alone, 3) ? [] : [`the cgroup holds ${readFileSync(procs, "utf8").trim().split("\n").join(" ")}`];
}

const WAYS: readonly { name: string; flags: readonly string[]; perName: number }[] = [
  { name: "exec", flags: ["--env", "A=1", "--cwd", "/tmp", "--user", "1000:1000", "--cap", "CAP_KILL"], perName: 6 },
  { name: "exec --detach --pid-file", flags: ["--detach"], perName: 4 },
];

for (const { name, flags, perName } of WAYS) {
  t.test(`${name}: each call fails, or kills its process`, { skip }, (t) => {
    const c = container(t, undefined, { runtime: faultyRuntime });
    const pid = c.startSleeping();
    const pidFile = join(c.directory, "pid");
    const all = flags.includes("--detach") ? [...flags, "--pid-file", pidFile] : flags;
    const calls = callsOf((env) => must(c.exec(["true"], all, { env })));
    t.ok(calls.some(({ role }) => role === "exec") && calls.length > 50, `${calls.length} calls`);
    const problems = walk({
      calls: sample(calls, perName),
      faults: [EIO, ENOMEM, "kill"],
      step: (env, fault) => {
        const result = c.exec(["true"], all, { env, timeout: 10 });
        return [...badEnding(result, fault, 255), ...disturbed(pid)];
      },
    });
    t.strictSame(problems, []);
    t.equal(must(c.exec(["echo", "well"])).stdout, "well\n");
    t.equal(c.status(), "running");
    must(c.delete("--force"));
    t.end();
  });
}
