// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml vm vmv1 @timeout 150
/** Each kind of limit in the kernel's files, of cgroup v1 or v2; the commonest are in limits-v1 and limits-v2. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

const ROOT = "/sys/fs/cgroup";
const here = controllers();
/** Major and minor number of a disk that is no partition. */
const disk = readdirSync("/sys/block").find((name) => /^([vsh]d[a-z]+|nvme\d+n\d+|ubd[a-z])$/.test(name));
const [major, minor] = disk === undefined ? [0, 0] : readFileSync(`/sys/block/${disk}/dev`, "utf8").split(":").map(Number);
const scheduler = `/sys/block/${disk}/queue/scheduler`;
const weighing = existsSync(scheduler) && readFileSync(scheduler, "utf8").includes("[bfq]");
const rates = (rate: number): object[] => [{ major, minor, rate }];

/** A file of v1 is named with its controller, `cpu/cpu.shares`; that of v2 begins with it. The value is a line of the file. */
type Files = Record<string, string>;
interface Case {
  readonly name: string;
  readonly resources: Record<string, unknown>;
  readonly v1?: Files;
  readonly v2?: Files;
  /** What the machine must have besides the controllers: a reason to skip, or false. */
  readonly skip?: string | false;
}

const cases: readonly Case[] = [
  {
    name: "memory without the OOM killer",
    resources: { memory: { limit: 64 << 20, disableOOMKiller: true } },
    v1: { "memory/memory.oom_control": "oom_kill_disable 1" },
  },
  {
    name: "memory with swap",
    resources: { memory: { limit: 64 << 20, swap: 96 << 20 } },
    v1: { "memory/memory.limit_in_bytes": String(64 << 20), "memory/memory.memsw.limit_in_bytes": String(96 << 20) },
    v2: { "memory.max": String(64 << 20), "memory.swap.max": String(32 << 20) },
    skip: cgroupV2 ? false : unless(existsSync(`${ROOT}/memory/memory.memsw.limit_in_bytes`), "no accounting of swap here"),
  },
  {
    name: "burst",
    resources: { cpu: { quota: 20_000, period: 50_000, burst: 10_000 } },
    v1: { "cpu/cpu.cfs_burst_us": "10000", "cpu/cpu.cfs_quota_us": "20000", "cpu/cpu.cfs_period_us": "50000" },
    v2: { "cpu.max.burst": "10000", "cpu.max": "20000 50000" },
  },
  { name: "an idle cgroup", resources: { cpu: { idle: 1 } }, v1: { "cpu/cpu.idle": "1" }, v2: { "cpu.idle": "1" } },
  {
    name: "a real-time budget",
    resources: { cpu: { realtimePeriod: 500_000, realtimeRuntime: 1000 } },
    v1: { "cpu/cpu.rt_period_us": "500000", "cpu/cpu.rt_runtime_us": "1000" },
    skip: unless(existsSync(`${ROOT}/cpu/cpu.rt_runtime_us`), "no real-time budgets here"),
  },
  {
    name: "processors and memory nodes",
    resources: { cpu: { cpus: "0", mems: "0" } },
    v1: { "cpuset/cpuset.cpus": "0", "cpuset/cpuset.mems": "0" },
    v2: { "cpuset.cpus": "0", "cpuset.mems": "0" },
  },
  {
    name: "a weight of I/O",
    resources: { blockIO: { weight: 250 } },
    v1: { "blkio/blkio.bfq.weight": "250" },
    v2: { "io.bfq.weight": "default 250" },
    skip: unless(!cgroupV2 || existsSync("/sys/module/bfq"), "no weights here"),
  },
  {
    name: "a weight of I/O of one disk",
    resources: { blockIO: { weight: 250, weightDevice: [{ major, minor, weight: 300 }] } },
    v1: { "blkio/blkio.bfq.weight": "250", "blkio/blkio.bfq.weight_device": `${major}:${minor} 300` },
    v2: { "io.bfq.weight": `${major}:${minor} 300` },
    skip: unless(weighing, "no disk with weights here"),
  },
  {
    name: "rates of a disk",
    resources: {
      blockIO: {
        throttleReadBpsDevice: rates(1_048_576),
        throttleWriteBpsDevice: rates(2_097_152),
        throttleReadIOPSDevice: rates(300),
        throttleWriteIOPSDevice: rates(400),
      },
    },
    v1: {
      "blkio/blkio.throttle.read_bps_device": `${major}:${minor} 1048576`,
      "blkio/blkio.throttle.write_bps_device": `${major}:${minor} 2097152`,
      "blkio/blkio.throttle.read_iops_device": `${major}:${minor} 300`,
      "blkio/blkio.throttle.write_iops_device": `${major}:${minor} 400`,
    },
    v2: { "io.max": `${major}:${minor} rbps=1048576 wbps=2097152 riops=300 wiops=400` },
    skip: unless(disk !== undefined, "no disk here"),
  },
  {
    name: "huge pages, used and reserved",
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 4 << 20 }] },
    v1: { "hugetlb/hugetlb.2MB.limit_in_bytes": String(4 << 20), "hugetlb/hugetlb.2MB.rsvd.limit_in_bytes": String(4 << 20) },
    v2: { "hugetlb.2MB.max": String(4 << 20), "hugetlb.2MB.rsvd.max": String(4 << 20) },
    skip: unless(existsSync("/sys/kernel/mm/hugepages/hugepages-2048kB"), "no huge pages of 2 MB here"),
  },
];

const controllerOf = (file: string): string => file.split(cgroupV2 ? "." : "/")[0] ?? "";

function lines(c: Container, file: string): string[] {
  const controller = controllerOf(file);
  const directory = cgroupDirectory(c.state().pid, controller) ?? "";
  return readFileSync(join(directory, cgroupV2 ? file : file.slice(controller.length + 1)), "utf8").split("\n");
}

for (const { name, resources, v1, v2, skip = false } of cases) {
  const files = cgroupV2 ? v2 : v1;
  const lacks = Object.keys(files ?? {}).filter((file) => !here.includes(controllerOf(file)));
  const without = lacks.length > 0 ? `no controller for ${lacks.join(", ")} here` : false;
  const elsewhere = unless(files !== undefined, cgroupV2 ? "cgroup v1 alone has it" : "cgroup v2 alone has it");
  t.test(`limit: ${name}`, { skip: elsewhere || without || skip || unless(isRunt, "the reference is older") }, (t) => {
    const c = container(t, (config) => Object.assign(config.linux.resources, resources));
    c.startSleeping();
    for (const [file, line] of Object.entries(files ?? {})) t.ok(lines(c, file).includes(line), `${file}: ${line}`);
    t.end();
  });
}

t.test("limit: class and priorities of packets", { skip: unless(!cgroupV2 && isRunt, "cgroup v1 alone has it") }, (t) => {
  const c = container(t);
  const hierarchy = join(c.directory, "net");
  mkdirSync(hierarchy);
  const mounted = run(["mount", "-t", "cgroup", "-o", "net_cls,net_prio", "cgroup", hierarchy]);
  if (mounted.code !== 0) {
    t.pass(mounted.stderr, { skip: "the kernel does not have both controllers, or not to itself" });
    t.end();
    return;
  }
  t.teardown(() => {
    // The kernel keeps a hierarchy that is unmounted while a removed cgroup is not yet gone for good.
    waitUntil(() => /^net_cls\t\d+\t1\t/m.test(readFileSync("/proc/cgroups", "utf8")));
    run(["umount", hierarchy]);
  });
  c.config.linux.resources["network"] = { classID: 0x100001, priorities: [{ name: "lo", priority: 500 }] };
  c.startSleeping();
  const read = (file: string): string => readFileSync(join(hierarchy, c.cgroupsPath, file), "utf8");
  t.equal(read("net_cls.classid"), `${0x100001}\n`);
  t.match(read("net_prio.ifpriomap"), /^lo 500$/m);
  must(c.delete("--force"));
  t.notOk(existsSync(join(hierarchy, c.cgroupsPath)), "the cgroup goes with the container");
  t.end();
});
