// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml vm vmv1
/** `events --stats`: its numbers are those of the kernel's files, in the units that engines decode. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const here = controllers();
const needs = (...names: string[]): { skip: string | false } => ({
  skip:
    unless(isRunt, "of runt") ||
    unless(
      names.every((name) => here.includes(name)),
      `no ${names.join(", ")} here`,
    ),
});
const MIB = 1 << 20;
/** What the kernel means by no limit, as a number of 64 bits. */
const NO_LIMIT = 18446744073709551615n;

/** A container that has used the CPU and has 8 MiB of its own. */
function busy(t: Test, resources: object): { c: Container; read: (controller: string, file: string) => string } {
  const c = container(t, (config) => {
    Object.assign(config.linux.resources, resources);
    const work = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; dd if=/dev/zero of=/dev/shm/x bs=1M count=8 2>/dev/null";
    config.process.args = ["sh", "-c", `${work}; > /up; sleep 100`];
  });
  must(c.create());
  must(c.start());
  const { pid } = c.state();
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "up")), 15));
  return {
    c,
    read: (controller, name) => readFileSync(join(cgroupDirectory(pid, controller) ?? "/nowhere", name), "utf8").trim(),
  };
}

const stats = (c: Container): ReturnType<typeof JSON.parse> =>
  JSON.parse(must(c.command(["events", "--stats", c.id])).stdout).data;
/** `name value` lines, as numbers. */
const flat = (text: string): Record<string, number> =>
  Object.fromEntries(text.split("\n").map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));

t.test("cpu: nanoseconds, and periods of the limit", needs("cpu"), (t) => {
  const { c, read } = busy(t, { cpu: { quota: 10000, period: 20000 } });
  const used = (): number =>
    cgroupV2 ? (flat(read("", "cpu.stat"))["usage_usec"] ?? 0) * 1000 : Number(read("cpuacct", "cpuacct.usage"));
  const before = used();
  const { usage, throttling } = stats(c).cpu;
  t.ok(usage.total >= before && usage.total <= used(), `${before} <= ${usage.total} <= ${used()}`);
  t.ok(usage.total > 1_000_000, "a millisecond at least");
  const user = cgroupV2 ? (flat(read("", "cpu.stat"))["user_usec"] ?? 0) * 1000 : Number(read("cpuacct", "cpuacct.usage_user"));
  t.ok(usage.user <= user && usage.kernel >= 0);
  const kernels = flat(read("cpu", "cpu.stat"));
  t.ok(throttling.periods > 0 && throttling.periods <= (kernels["nr_periods"] ?? 0));
  t.ok(throttling.throttledPeriods <= throttling.periods);
  if (cgroupV2) t.strictSame([usage.percpu, usage.percpu_kernel, usage.percpu_user], [[], [], []]);
  else t.equal(usage.percpu.length, read("cpuacct", "cpuacct.usage_percpu").split(" ").length);
  t.end();
});

t.test("memory: bytes, and memory.stat as it is", needs("memory"), (t) => {
  const { c, read } = busy(t, { memory: { limit: 64 * MIB, swap: 96 * MIB } });
  const { memory } = stats(c);
  t.equal(memory.usage.limit, 64 * MIB);
  const [current, stat] = cgroupV2 ? ["memory.current", "file"] : ["memory.usage_in_bytes", "cache"];
  t.ok(memory.usage.usage >= 8 * MIB && memory.usage.usage <= 64 * MIB);
  t.ok(Math.abs(memory.usage.usage - Number(read("memory", current ?? ""))) < 4 * MIB, "as the kernel has it");
  const kernels = flat(read("memory", "memory.stat"));
  t.strictSame(Object.keys(memory.raw).sort(), Object.keys(kernels).sort(), "every line of memory.stat");
  t.equal(memory.cache, memory.raw[stat ?? ""]);
  if (!cgroupV2 || existsSync(join(cgroupDirectory(c.state().pid, "") ?? "", "memory.swap.max")))
    t.equal(memory.swap.limit, 96 * MIB, "memory and swap together");
  t.end();
});

t.test("no limit is the greatest number of v1, whatever the kernel calls it", needs("memory"), (t) => {
  const { c } = busy(t, {});
  const { stdout } = must(c.command(["events", "--stats", c.id]));
  const [, limit = ""] = /"memory":\{[^]*?"usage":\{"limit":(\d+)/.exec(stdout) ?? [];
  t.ok(BigInt(limit) === NO_LIMIT || BigInt(limit) === 9223372036854771712n, limit);
  t.end();
});

t.test("pids: the processes of now and the limit, 0 for none", needs("pids"), (t) => {
  const { c, read } = busy(t, { pids: { limit: 33 } });
  t.strictSame(stats(c).pids, { current: Number(read("pids", "pids.current")), limit: 33 });
  must(c.command(["update", "--pids-limit", "-1", c.id]));
  t.equal(stats(c).pids.limit, 0);
  t.end();
});

t.test("cpuset: lists of numbers", needs("cpuset"), (t) => {
  const { c } = busy(t, { cpu: { cpus: "0", mems: "0" } });
  const { cpuset } = stats(c);
  t.strictSame([cpuset.cpus, cpuset.mems], [[0], [0]]);
  t.end();
});

t.test("pressure, where the kernel measures it: three averages and a total, of some and of full", needs(), (t) => {
  const { c } = busy(t, {});
  const { pid } = c.state();
  const unified = cgroupV2
    ? (cgroupDirectory(pid, "") ?? "")
    : join("/sys/fs/cgroup/unified", /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "nowhere");
  const data = stats(c);
  for (const [member, resource] of [
    ["cpu", "cpu"],
    ["memory", "memory"],
    ["blkio", "io"],
  ] as const) {
    const file = join(unified, `${resource}.pressure`);
    const there = existsSync(file) && readable(file);
    t.equal(data[member].psi !== undefined, there, member);
    if (!there) continue;
    for (const line of ["some", "full"]) {
      t.strictSame(Object.keys(data[member].psi[line]), ["avg10", "avg60", "avg300", "total"]);
      for (const value of Object.values(data[member].psi[line])) t.type(value, "number");
    }
  }
  t.end();
});

/** A kernel that was told to measure nothing has the file, and refuses to read it. */
function readable(file: string): boolean {
  try {
    return readFileSync(file, "utf8").startsWith("some");
  } catch {
    return false;
  }
}

t.test("huge pages: by the sizes of the kernel's files", needs("hugetlb"), (t) => {
  const { c } = busy(t, {});
  const directory = cgroupDirectory(c.state().pid, "hugetlb") ?? "/nowhere";
  const sizes = existsSync(directory)
    ? readdirSync(directory).flatMap((name) => /^hugetlb\.(\w+B)\.(max|limit_in_bytes)$/.exec(name)?.[1] ?? [])
    : [];
  const { hugetlb } = stats(c);
  t.strictSame(Object.keys(hugetlb).sort(), sizes.sort());
  for (const size of sizes) t.strictSame(hugetlb[size], { usage: 0, max: 0, failcnt: 0 }, size);
  t.end();
});
