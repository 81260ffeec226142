// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 150
/** Every call that update makes fails once: the limits are all of the old ones or all of the new ones, and never some of each. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { callsOf, failing, faultyRuntime } from "../lib/faults.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { controllers, isRunt, unless } from "../lib/lane.ts";

const EIO = 5;
const files = [
  ["cpu", "cpu.shares"],
  ["cpu", "cpu.cfs_quota_us"],
  ["cpu", "cpu.cfs_period_us"],
  ["memory", "memory.limit_in_bytes"],
  ["memory", "memory.memsw.limit_in_bytes"],
  ["memory", "memory.soft_limit_in_bytes"],
  ["pids", "pids.max"],
] as const;
const skip =
  unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built") ||
  unless(
    files.every(([controller]) => controllers().includes(controller)),
    "no v1 cpu, memory, pids here",
  );

const MIB = 1 << 20;
const OLD = {
  cpu: { shares: 512, quota: 20000, period: 50000 },
  memory: { limit: 64 * MIB, swap: 64 * MIB, reservation: 32 * MIB },
  pids: { limit: 30 },
};
const NEW = {
  cpu: { shares: 300, quota: 30000, period: 60000 },
  memory: { limit: 48 * MIB, swap: 80 * MIB, reservation: 16 * MIB },
  pids: { limit: 12 },
};

t.test("update: each call fails with EIO", { skip }, (t) => {
  const c = container(t, (config) => Object.assign(config.linux.resources, OLD), { runtime: faultyRuntime });
  const pid = c.startSleeping();
  const limits = (): string =>
    files.map(([controller, file]) => readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8").trim()).join(" ");
  const update = (resources: object, env: NodeJS.ProcessEnv = process.env): ReturnType<typeof c.command> =>
    c.command(["update", "-r", "-", c.id], { input: JSON.stringify(resources), env, timeout: 10 });
  const before = limits();
  must(update(OLD)); // the first one has no earlier limits to read
  const all = callsOf((env) => must(update(NEW, env)));
  // Then the limits are put in their place for the next update: the room for them is there already.
  const calls = all.slice(
    0,
    all.findLastIndex(({ name }) => name === "renameat2"),
  );
  const after = limits();
  t.ok(calls.length > 20, `${calls.length} calls`);
  const problems: string[] = [];
  let refused = 0;
  for (const call of calls) {
    must(update(OLD));
    const { code, stderr, timedOut } = update(NEW, failing(call, EIO));
    const where = `${call.number} ${call.name}`;
    if (timedOut) problems.push(`${where}: hangs`);
    if (code !== 0) refused++;
    if (code !== 0 && stderr.trim() === "") problems.push(`${where}: no message`);
    if (limits() !== (code === 0 ? after : before)) problems.push(`${where}: code ${code}, and the limits are ${limits()}`);
    // What is kept for the next update goes with the kernel's files.
    must(update({ cpu: { quota: 25000 } }));
    if (!limits().includes(`25000 ${code === 0 ? 60000 : 50000}`)) problems.push(`${where}: afterwards ${limits()}`);
  }
  t.strictSame(problems, []);
  t.ok(refused > 10, "most calls are needed");
  t.end();
});
