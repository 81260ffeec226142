// SPDX-License-Identifier: Apache-2.0
// @lanes host uml @timeout 90
/** An `update` that fails changes nothing: what was written before is taken back, read back from the kernel's files. */
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, unless } from "../lib/lane.ts";
import { MIB, running, skip } from "../lib/limited.ts";
import { changes, limits } from "../lib/limits.ts";

/** A value that the plan has nothing against and the kernel refuses, after all others were written. */
const refused = cgroupV2
  ? { unified: { "memory.high": "rubbish" } }
  : { blockIO: { throttleReadBpsDevice: [{ major: 4000, minor: 9, rate: 1 }] } };

t.test("what the kernel refuses takes back all that was changed before it", { skip }, (t) => {
  const { c, pid } = running(t);
  must(c.command(["update", "--cpu-share", "700", c.id]));
  const good = {
    memory: { limit: 40 * MIB, reservation: 8 * MIB },
    cpu: { shares: 256, quota: 15000, period: 60000, burst: 1000 },
    pids: { limit: 12 },
  };
  for (const change of [
    good,
    { ...good, memory: { limit: 500 * MIB, reservation: 100 * MIB } },
    { ...good, memory: { limit: -1 } },
    { cpu: { idle: 1 } },
    { cpu: { quota: -1 }, pids: { limit: 0 } },
  ]) {
    const before = limits(pid);
    const result = c.command(["update", "-r", "-", c.id], { input: JSON.stringify({ ...change, ...refused }) });
    t.equal(result.code, 1);
    t.match(result.stderr, /set (blockIO\.throttleReadBpsDevice|unified).*write .*(invalid argument|no such device)/);
    t.strictSame(changes(before, limits(pid)), {}, JSON.stringify(change));
  }
  must(c.command(["update", "--cpu-period", "80000", c.id]));
  t.match(
    limits(pid).get(cgroupV2 ? "cpu.max" : "cpu.cfs_quota_us"),
    /^20000/,
    "the next update starts from the limits in force, not from those that failed",
  );
  t.end();
});

t.test(
  "an OOM killer that was off stays off, one that was on is on again",
  { skip: skip || unless(!cgroupV2, "cgroup v2") },
  (t) => {
    for (const off of [true, false]) {
      const c = container(t, (config) => (config.linux.resources.memory = { limit: 64 * MIB, disableOOMKiller: off }));
      const file = join(cgroupDirectory(c.startSleeping(), "memory") ?? "", "memory.oom_control");
      const change = { memory: { disableOOMKiller: true }, ...refused };
      t.equal(c.command(["update", "-r", "-", c.id], { input: JSON.stringify(change) }).code, 1);
      t.match(readFileSync(file, "utf8"), `oom_kill_disable ${off ? 1 : 0}\n`);
    }
    t.end();
  },
);

t.test("what cannot be is refused before anything is written", { skip }, (t) => {
  const { c, pid } = running(t);
  const before = limits(pid);
  for (const [flags, message] of [
    [["--pids-limit", "5", "--cpu-quota", "20"], /cpu\.quota is 20 µs, and must be 1000 or more/],
    [["--pids-limit", "5", "--cpu-period", "5"], /cpu\.period is 5 µs/],
    [["--pids-limit", "5", "--memory-swap", "1m"], /memory\.swap is 1048576, and must not be below the limit/],
    [["--pids-limit", "5", "--blkio-weight", "5"], /blockIO\.weight is 5, and must be 10 to 1000/],
    [["--pids-limit", "5", "--cpuset-cpus", "x"], /cpu\.cpus is "x"/],
    [["--pids-limit", "5", "--memory", "12q"], /--memory is "12q"/],
    [["--pids-limit", "five"], /--pids-limit is "five"/],
    [["--cpu-idle", "2"], /cpu-idle/],
    ...(cgroupV2 ? [[["--pids-limit", "5", "--cpu-rt-runtime", "1000"], /realtimeRuntime/] as const] : []),
  ] as const) {
    const result = c.command(["update", ...flags, c.id]);
    t.equal(result.code, 1, flags.join(" "));
    t.match(result.stderr, message);
    t.strictSame(changes(before, limits(pid)), {}, flags.join(" "));
  }
  for (const file of [join(c.directory, "none.json"), mkdtempSync(join(c.directory, "d"))]) {
    t.match(c.command(["update", "-r", file, c.id]), { code: 1, stderr: new RegExp(file) });
  }
  t.end();
});
