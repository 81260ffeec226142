// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml vm @timeout 120
/** `update`, flag by flag: what each writes to the kernel's files, and that it touches no other. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { here, running, skip } from "../lib/limited.ts";
import { changes, limits } from "../lib/limits.ts";

interface Case {
  readonly flags: readonly string[];
  /** The files that change, and no other does. */
  readonly v1?: Record<string, string>;
  readonly v2?: Record<string, string>;
  /** What the kernel has to have, for the change to be seen. */
  readonly file?: string;
}

const noLimit = "9223372036854771712";
/** One after the other, on one container. */
const cases: readonly Case[] = [
  { flags: ["--memory", "48m"], v1: { "memory.limit_in_bytes": "50331648" }, v2: { "memory.max": "50331648" } },
  { flags: ["--memory", "49152k"], v1: {}, v2: {} },
  { flags: ["--memory=1G"], v1: { "memory.limit_in_bytes": "1073741824" }, v2: { "memory.max": "1073741824" } },
  { flags: ["--memory", "67108864"], v1: { "memory.limit_in_bytes": "67108864" }, v2: { "memory.max": "67108864" } },
  { flags: ["--memory-reservation", "16M"], v1: { "memory.soft_limit_in_bytes": "16777216" }, v2: { "memory.low": "16777216" } },
  {
    flags: ["--memory-swap", "96m"],
    v1: { "memory.memsw.limit_in_bytes": "100663296" },
    v2: { "memory.swap.max": "33554432" },
    file: "swap",
  },
  {
    flags: ["--memory", "80m", "--memory-swap", "120m"],
    v1: { "memory.limit_in_bytes": "83886080", "memory.memsw.limit_in_bytes": "125829120" },
    v2: { "memory.max": "83886080", "memory.swap.max": "41943040" },
    file: "swap",
  },
  {
    flags: ["--memory-swap", "-1"],
    v1: { "memory.memsw.limit_in_bytes": noLimit },
    v2: { "memory.swap.max": "max" },
    file: "swap",
  },
  { flags: ["--memory=-1"], v1: { "memory.limit_in_bytes": noLimit }, v2: { "memory.max": "max" } },
  { flags: ["--kernel-memory", "50m"], v1: {}, v2: {} },
  { flags: ["--kernel-memory-tcp", "8m"], v1: { "memory.kmem.tcp.limit_in_bytes": "8388608" }, v2: {} },
  { flags: ["--cpu-period", "40000"], v1: { "cpu.cfs_period_us": "40000" }, v2: { "cpu.max": "20000 40000" } },
  { flags: ["--cpu-quota", "30000"], v1: { "cpu.cfs_quota_us": "30000" }, v2: { "cpu.max": "30000 40000" } },
  { flags: ["--cpu-burst", "5000"], v1: { "cpu.cfs_burst_us": "5000" }, v2: { "cpu.max.burst": "5000" }, file: "burst" },
  { flags: ["--cpu-burst", "0"], v1: { "cpu.cfs_burst_us": "0" }, v2: { "cpu.max.burst": "0" }, file: "burst" },
  { flags: ["--cpu-quota", "-1"], v1: { "cpu.cfs_quota_us": "-1" }, v2: { "cpu.max": "max 40000" } },
  { flags: ["--cpu-share", "1024"], v1: { "cpu.shares": "1024" }, v2: { "cpu.weight": "100", "cpu.weight.nice": "0" } },
  { flags: ["--cpu-rt-period", "500000"], v1: { "cpu.rt_period_us": "500000" }, file: "cpu.rt_period_us" },
  { flags: ["--cpu-rt-runtime", "1000"], v1: { "cpu.rt_runtime_us": "1000" }, file: "cpu.rt_runtime_us" },
  { flags: ["--cpu-rt-runtime", "0"], v1: {}, file: "cpu.rt_runtime_us" },
  { flags: ["--cpuset-cpus", "0"], v1: { "cpuset.cpus": "0" }, v2: { "cpuset.cpus": "0" }, file: "cpuset.cpus" },
  { flags: ["--cpuset-mems", "0"], v1: {}, v2: { "cpuset.mems": "0" }, file: "cpuset.mems" },
  { flags: ["--pids-limit", "44"], v1: { "pids.max": "44" }, v2: { "pids.max": "44" } },
  { flags: ["--pids-limit", "0"], v1: { "pids.max": "0" }, v2: { "pids.max": "0" } },
  { flags: ["--pids-limit=-1"], v1: { "pids.max": "max" }, v2: { "pids.max": "max" } },
  {
    flags: ["--memory", "32m", "--memory-swap", "32m", "--cpu-quota", "10000", "--cpu-share", "512", "--pids-limit", "9"],
    v1: {
      "cpu.cfs_quota_us": "10000",
      "cpu.shares": "512",
      "memory.limit_in_bytes": "33554432",
      "memory.memsw.limit_in_bytes": "33554432",
      "pids.max": "9",
    },
    v2: {
      "cpu.max": "10000 40000",
      "cpu.weight": "59",
      "cpu.weight.nice": "2",
      "memory.max": "33554432",
      "memory.swap.max": "0",
      "pids.max": "9",
    },
    file: "swap",
  },
];

t.test("each flag changes the files of its limit, and no other file", { skip }, (t) => {
  const { c, pid } = running(t);
  for (const { flags, v1, v2, file = "" } of cases) {
    const before = limits(pid);
    const expected = cgroupV2 ? v2 : v1;
    if (expected === undefined || ![...before.keys()].some((name) => name.includes(file))) {
      t.pass(`${flags.join(" ")}: this kernel has no ${file}`);
      continue;
    }
    const result = c.command(["update", ...flags, c.id]);
    t.strictSame([result.code, result.stdout, result.stderr], [0, "", ""], flags.join(" "));
    t.strictSame(changes(before, limits(pid)), expected, flags.join(" "));
  }
  t.end();
});

t.test("--blkio-weight, in the scale of the file that the kernel has; where it has none, a refusal", { skip }, (t) => {
  const { c, pid } = running(t);
  const before = limits(pid);
  const result = c.command(["update", "--blkio-weight", "400", c.id]);
  const known = {
    "blkio.weight": { "blkio.weight": "400" },
    "blkio.bfq.weight": { "blkio.bfq.weight": "400", "blkio.bfq.weight_device": "default 400" },
    "io.bfq.weight": { "io.bfq.weight": "default 400" },
    "io.weight": { "io.weight": "default 3939" },
  };
  // A v2 controller comes with the first limit that needs it, and its files with it.
  const after = limits(pid);
  const [, expected] = Object.entries(known).find(([file]) => after.has(file)) ?? [];
  if (expected === undefined) t.match(result, { code: 1, stderr: /blockIO\.weight.*(weight|controller)/ });
  else {
    t.equal(result.code, 0, result.stderr);
    t.match(Object.fromEntries(after), expected);
    t.ok(
      Object.keys(changes(before, after)).every((file) => file.includes("io.") || file in expected),
      "nothing else",
    );
  }
  t.end();
});

t.test("an idle cgroup, and one that is idle no more", { skip }, (t) => {
  const { c, pid } = running(t);
  const before = limits(pid);
  const shares = cgroupV2 ? "cpu.weight" : "cpu.shares";
  must(c.command(["update", "--cpu-idle", "1", c.id]));
  t.equal(limits(pid).get("cpu.idle"), "1");
  t.not(limits(pid).get(shares), before.get(shares), "the kernel gives it the least weight");
  must(c.command(["update", "--cpu-idle=0", c.id]));
  t.strictSame(changes(before, limits(pid)), {}, "and all is as before, the shares too");
  t.end();
});

t.test("a file or standard input: all its members count, and no flag beside it", { skip }, (t) => {
  const { c, pid } = running(t);
  const resources = { pids: { limit: 21 }, cpu: { quota: 25000 }, unknown: { member: 1 } };
  const file = join(c.directory, "limits.json");
  writeFileSync(file, JSON.stringify(resources));
  const expected = cgroupV2 ? { "pids.max": "21", "cpu.max": "25000 50000" } : { "pids.max": "21", "cpu.cfs_quota_us": "25000" };
  for (const [flag, input] of [
    [["--resources", file], ""],
    [["-r", "-"], JSON.stringify(resources)],
  ] as const) {
    const before = limits(pid);
    must(c.command(["update", ...flag, "--pids-limit", "5", "--memory", "32m", c.id], { input }));
    t.strictSame(changes(before, limits(pid)), expected, flag.join(" "));
    must(c.command(["update", "--pids-limit", "30", "--cpu-quota", "20000", c.id]));
    t.strictSame(changes(before, limits(pid)), {});
  }
  t.end();
});

t.test("what engines send for not set changes nothing; -1 takes every limit away", { skip }, (t) => {
  const { c, pid } = running(t);
  const before = limits(pid);
  const unset = {
    memory: { limit: 0, reservation: 0, swap: 0, kernel: 0, kernelTCP: 0 },
    cpu: { shares: 0, quota: 0, period: 0, realtimeRuntime: 0, realtimePeriod: 0, cpus: "", mems: "" },
    blockIO: { weight: 0 },
  };
  must(c.command(["update", "-r", "-", c.id], { input: JSON.stringify(unset) }));
  t.strictSame(changes(before, limits(pid)), {});
  const none = { memory: { limit: -1, swap: -1 }, cpu: { quota: -1 }, pids: { limit: -1 } };
  must(c.command(["update", "-r", "-", c.id], { input: JSON.stringify(none) }));
  const after = limits(pid);
  t.equal(after.get("pids.max"), "max");
  t.equal(cgroupV2 ? after.get("memory.max") : after.get("memory.limit_in_bytes"), cgroupV2 ? "max" : noLimit);
  t.equal(cgroupV2 ? after.get("cpu.max") : after.get("cpu.cfs_quota_us"), cgroupV2 ? "max 50000" : "-1");
  t.end();
});

t.test("an update never touches devices", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t);
  c.startSleeping();
  const open = (): string => c.exec(["sh", "-c", "mknod /kmsg c 1 11; head -c 0 /kmsg && echo open"]).stdout;
  t.equal(open(), "");
  must(c.command(["update", "-r", "-", c.id], { input: JSON.stringify({ devices: [{ allow: true, access: "rwm" }] }) }));
  t.equal(open(), "");
  t.end();
});

t.test("a created container is updated as well as a running or a paused one", { skip }, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.create());
  const { pid } = c.state();
  const update = (limit: string): void => {
    must(c.command(["update", "--pids-limit", limit, c.id]));
    t.equal(limits(pid).get("pids.max"), limit);
  };
  update("11");
  must(c.start());
  update("12");
  must(c.command(["pause", c.id]));
  update("13");
  t.equal(c.status(), "paused");
  must(c.command(["resume", c.id]));
  t.end();
});

t.test("a limit that this host has no controller for is refused by name", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t);
  c.startSleeping();
  const missing = [
    ["--pids-limit", "10", "pids"],
    ["--memory", "64m", "memory"],
    ["--cpu-share", "512", "cpu"],
    ["--cpuset-cpus", "0", "cpuset"],
  ].filter(([, , controller = ""]) => !here.includes(controller));
  for (const [flag = "", value = "", controller = ""] of missing) {
    const result = c.command(["update", flag, value, c.id]);
    t.equal(result.code, 1, flag);
    t.match(result.stderr, new RegExp(`\\b${controller}\\b`), flag);
  }
  t.equal(c.status(), "running");
  t.end();
});

t.test("what the kernel made of each value is in the log of --debug", { skip }, (t) => {
  const { c, pid } = running(t);
  const log = join(c.directory, "log");
  must(c.command(["--log", log, "--debug", "update", "--memory", "50000001", "--pids-limit", "7", c.id]));
  const file = cgroupV2 ? "memory.max" : "memory.limit_in_bytes";
  const text = readFileSync(log, "utf8").replaceAll("\\", "");
  t.equal(limits(pid).get(file), "49999872", "the kernel counts pages");
  t.match(text, `memory.limit: "50000001" to ${file}, which reads "49999872"`);
  t.match(text, 'pids.limit: "7" to pids.max, which reads "7"');
  t.end();
});
