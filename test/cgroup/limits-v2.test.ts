// SPDX-License-Identifier: Apache-2.0
// @lanes uml
/** Limits by cgroup v2 controllers: in the kernel's files, in force, and changed by `update`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";

const here = controllers();
const skip = (...needed: string[]): { skip: string | false } => ({
  skip: unless(cgroupV2 && needed.every((name) => here.includes(name)), `no v2 ${needed.join(", ")} here`),
});

function reader(pid: number): (file: string) => string {
  const directory = cgroupDirectory(pid, "") ?? "";
  return (file) => readFileSync(join(directory, file), "utf8").trim();
}

t.test("every limit of the config is in the kernel's files", skip("memory", "cpu", "pids"), (t) => {
  const c = container(t, (config) => {
    config.linux.resources.memory = { limit: 64 << 20, reservation: 32 << 20 };
    config.linux.resources.cpu = { shares: 1024, quota: 20000, period: 50000 };
    config.linux.resources.pids = { limit: 33 };
    config.linux.resources["unified"] = { "memory.high": "50331648" };
  });
  const read = reader(c.startSleeping());
  t.equal(read("memory.max"), String(64 << 20));
  t.equal(read("memory.low"), String(32 << 20));
  t.equal(read("memory.high"), "50331648", "unified keys as they are");
  t.equal(read("cpu.max"), "20000 50000");
  if (isRunt) t.equal(read("cpu.weight"), "100", "the default shares are the default weight");
  t.equal(read("pids.max"), "33");
  t.end();
});

t.test("memory + swap becomes swap alone", skip("memory"), (t) => {
  const c = container(t, (config) => (config.linux.resources.memory = { limit: 32 << 20, swap: 48 << 20 }));
  const directory = cgroupDirectory(c.startSleeping(), "") ?? "";
  const file = join(directory, "memory.swap.max");
  if (existsSync(file)) t.equal(readFileSync(file, "utf8").trim(), String(16 << 20));
  else t.pass("no swap accounting here");
  t.end();
});

t.test("the memory limit holds: the kernel kills, and says so in memory.events", skip("memory"), (t) => {
  const c = container(t, (config) => (config.linux.resources.memory = { limit: 24 << 20 }));
  c.startSleeping();
  const read = reader(c.state().pid);
  t.equal(
    c.exec(["sh", "-c", "head -c 100000000 /dev/zero | tail -c 100000000 > /dev/null; exit $?"], [], { timeout: 60 }).code,
    137,
  );
  t.match(read("memory.events"), /oom_kill [1-9]/);
  t.equal(c.status(), "running", "the container's own process lives");
  t.end();
});

t.test("the pids limit holds", skip("pids"), (t) => {
  const c = container(t, (config) => (config.linux.resources.pids = { limit: 4 }));
  t.match(c.sh("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo never").stderr, /can't fork|Resource temporarily unavailable/);
  t.end();
});

t.test("the cpu limit holds: the kernel throttles", skip("cpu"), (t) => {
  const c = container(t, (config) => {
    config.linux.resources.cpu = { quota: 5000, period: 50000 };
    config.process.args = ["sh", "-c", "while :; do :; done"];
  });
  must(c.create());
  must(c.start());
  const read = reader(c.state().pid);
  must(c.exec(["sleep", "1"], [], { timeout: 60 }));
  t.match(read("cpu.stat"), /nr_throttled [1-9]/);
  t.end();
});

t.test("update changes limits of a running container", skip("memory", "cpu", "pids"), (t) => {
  const c = container(t, (config) => (config.linux.resources.cpu = { quota: 20000, period: 50000 }));
  const read = reader(c.startSleeping());
  must(c.command(["update", "--memory", "32m", "--pids-limit", "10", c.id]));
  t.equal(read("memory.max"), String(32 << 20));
  t.equal(read("pids.max"), "10");
  t.equal(read("cpu.max"), "20000 50000", "what was not named stays");
  must(c.command(["update", "--cpu-quota", "30000", c.id]));
  t.equal(read("cpu.max"), "30000 50000");
  must(c.command(["update", "-r", "-", c.id], { input: JSON.stringify({ pids: { limit: -1 }, memory: { limit: -1 } }) }));
  t.equal(read("pids.max"), "max");
  t.equal(read("memory.max"), "max");
  t.end();
});

t.test("events reads the same files", skip("memory", "pids"), (t) => {
  const c = container(t, (config) => {
    config.linux.resources.memory = { limit: 64 << 20 };
    config.linux.resources.pids = { limit: 33 };
  });
  c.startSleeping();
  const { data } = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
  t.equal(data.memory.usage.limit, 64 << 20);
  t.ok(data.memory.usage.usage > 0);
  t.equal(data.pids.limit, 33);
  t.equal(data.pids.current, 1);
  t.ok(data.cpu.usage.total > 0);
  t.end();
});

t.test(
  "an init that the memory limit kills is told apart",
  { skip: skip("memory").skip || unless(isRunt, "wording of runt") },
  (t) => {
    const c = container(t, (config) => (config.linux.resources.memory = { limit: 4096 }));
    const result = c.create();
    if (result.code !== 0) t.match(result.stderr, /OOM-killed|memory/);
    else t.not(c.start().code, undefined);
    t.end();
  },
);
