// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** An update that fails on the way: the unit has its former properties, and the files say what they said, after a reload too. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import type { Test } from "tap";
import { filesDirectory, must } from "../lib/container.ts";
import { callsOf, EIO, failing, failingFirst, faultyRuntime } from "../lib/faults.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";
import { scopeContainer } from "../lib/systemd.ts";
import type { ScopeContainer } from "../lib/systemd.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

const FORMER = {
  memory: { limit: 64 << 20, reservation: 32 << 20 },
  cpu: { shares: 512, quota: 20000, period: 80000 },
  pids: { limit: 33 },
};
const FORMER_FLAGS = "--cpu-share 512 --cpu-quota 20000 --cpu-period 80000 --memory 64m --memory-reservation 32m --pids-limit 33";
const FLAGS = "--cpu-share 256 --cpu-quota 30000 --cpu-period 50000 --memory 48m --memory-reservation 16m --pids-limit 22";

const FILES = { "memory.max": "", "memory.low": "", "cpu.weight": "", "cpu.max": "", "pids.max": "", "memory.high": "" };
const PROPERTIES = {
  MemoryMax: "",
  MemoryLow: "",
  MemoryHigh: "",
  CPUWeight: "",
  CPUQuotaPerSecUSec: "",
  CPUQuotaPeriodUSec: "",
  TasksMax: "",
};
const limits = (c: ScopeContainer): object => ({ ...c.files(FILES), ...c.properties(PROPERTIES) });

function running(t: Test, resources: object): ScopeContainer {
  const c = scopeContainer(t, (config) => Object.assign(config.linux.resources, resources), { runtime: faultyRuntime });
  c.startSleeping();
  return c;
}

t.test("limits that the record cannot keep are taken back at systemd, too", { skip }, (t) => {
  for (const resources of [FORMER, {}]) {
    const c = running(t, resources);
    const before = limits(c);
    const result = c.command(["update", ...FLAGS.split(" "), c.id], { env: failingFirst("parent", "renameat2", EIO) });
    t.equal(result.code, 1);
    t.match(result.stderr, /EIO/);
    t.notMatch(result.stderr, /could not all be taken back/);
    t.strictSame(limits(c), before);
    must(run(["systemctl", "daemon-reload"]));
    t.strictSame(limits(c), before, "and a reload finds nothing else");
    must(c.command(["update", ...FLAGS.split(" "), c.id]));
    t.match(c.properties({ TasksMax: "", MemoryMax: "" }), { TasksMax: "22", MemoryMax: String(48 << 20) });
  }
  t.end();
});

/** With what the next update starts from. */
function snapshot(c: ScopeContainer): object {
  return { ...limits(c), kept: readFileSync(join(filesDirectory(c), "resources.json"), "utf8") };
}

/** From the connection to systemd on, as far as all of it is there at any run: how often the runtime waits for an answer varies. */
const TALK = ["connect", "sendto", "sendmsg", "recvmsg", "read", "poll", "ppoll", "renameat2"];

t.test("a bus that fails at any call: all limits are the former ones, or all are new", { skip }, (t) => {
  const c = running(t, FORMER);
  const update = (flags: string, env = process.env): Result => c.command(["update", ...flags.split(" "), c.id], { env });
  const calls = callsOf((env) => must(update(FLAGS, env)));
  const after = snapshot(c);
  must(update(FORMER_FLAGS));
  const before = snapshot(c);
  t.notSame(before, after);
  const connected = calls.find(({ name }) => name === "connect")?.number ?? Infinity;
  const talk = calls.filter(({ name, number }) => number >= connected && TALK.includes(name));
  t.ok(talk.length > 10);
  for (const call of talk) {
    const { code, stderr } = update(FLAGS, failing(call, EIO));
    const now = snapshot(c);
    const isNew = isDeepStrictEqual(now, after);
    t.strictSame(now, isNew ? after : before, `${call.number} ${call.name}: ${stderr}`);
    if (code === 0) t.ok(isNew, `${call.number} ${call.name}`);
    if (isNew) must(update(FORMER_FLAGS));
  }
  t.end();
});
