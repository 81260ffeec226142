// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Limits on a host with v1 controllers, read back from their files; `update` changes them. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";

const here = controllers();
const skip = (...needed: string[]): { skip: string | false } => ({
  skip: cgroupV2
    ? "this host has cgroup v2 alone"
    : unless(
        needed.every((name) => here.includes(name)),
        `no v1 ${needed.join(", ")} here`,
      ),
});

function reader(pid: number): (controller: string, file: string) => string {
  return (controller, file) => readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8").trim();
}

t.test("every limit of the config is in the kernel's files", skip("memory", "cpu", "pids", "cpuset", "blkio"), (t) => {
  const c = container(t, (config) => {
    config.linux.resources.memory = { limit: 64 << 20, reservation: 32 << 20, swappiness: 10, disableOOMKiller: false };
    config.linux.resources.cpu = { shares: 512, quota: 20000, period: 50000, cpus: "0", mems: "0" };
    config.linux.resources.pids = { limit: 33 };
  });
  const pid = c.startSleeping();
  const read = reader(pid);
  t.equal(read("memory", "memory.limit_in_bytes"), String(64 << 20));
  t.equal(read("memory", "memory.soft_limit_in_bytes"), String(32 << 20));
  t.equal(read("memory", "memory.swappiness"), "10");
  t.equal(read("cpu", "cpu.shares"), "512");
  t.equal(read("cpu", "cpu.cfs_quota_us"), "20000");
  t.equal(read("cpu", "cpu.cfs_period_us"), "50000");
  t.equal(read("cpuset", "cpuset.cpus"), "0");
  t.equal(read("pids", "pids.max"), "33");
  for (const controller of here.filter((name) => name !== "systemd" && existsSync(`/sys/fs/cgroup/${name}/cgroup.procs`))) {
    t.match(cgroupDirectory(pid, controller), new RegExp(`${c.cgroupsPath}$`), `in the cgroup of ${controller}`);
  }
  t.end();
});

t.test("the pids limit holds", skip("pids"), (t) => {
  const c = container(t, (config) => (config.linux.resources.pids = { limit: 4 }));
  const result = c.sh("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo never");
  t.not(result.code, 0);
  t.match(result.stderr, /can't fork|Resource temporarily unavailable/);
  t.end();
});

t.test("the memory limit holds: the kernel kills, and the exit code says so", skip("memory"), (t) => {
  const c = container(t, (config) => (config.linux.resources.memory = { limit: 16 << 20 }));
  t.equal(c.sh("head -c 100000000 /dev/zero | tail -c 100000000 > /dev/null; exit $?").code, 137);
  t.end();
});

t.test("update changes limits of a running container", skip("memory", "cpu", "pids"), (t) => {
  const c = container(t, (config) => {
    config.linux.resources.memory = { limit: 64 << 20 };
    config.linux.resources.cpu = { quota: 20000, period: 50000 };
  });
  const read = reader(c.startSleeping());
  must(c.command(["update", "--memory", "32m", "--pids-limit", "10", "--cpu-share", "256", c.id]));
  t.equal(read("memory", "memory.limit_in_bytes"), String(32 << 20));
  t.equal(read("pids", "pids.max"), "10");
  t.equal(read("cpu", "cpu.shares"), "256");
  t.equal(read("cpu", "cpu.cfs_quota_us"), "20000", "what was not named stays");
  must(
    c.command(["update", "--resources", "-", c.id], {
      input: JSON.stringify({ pids: { limit: 21 }, memory: { limit: 48 << 20 }, unknown: 1 }),
    }),
  );
  t.equal(read("pids", "pids.max"), "21");
  t.equal(read("memory", "memory.limit_in_bytes"), String(48 << 20));
  must(c.command(["update", "--cpu-quota", "30000", c.id]));
  t.equal(read("cpu", "cpu.cfs_quota_us"), "30000");
  t.equal(read("cpu", "cpu.cfs_period_us"), "50000");
  t.not(
    c.command(["update", "--memory", "4k", "--pids-limit", "77", "--cpu-quota", "1", c.id]).code,
    0,
    "an impossible one fails",
  );
  t.end();
});

t.test("cgroups path: nested, and removed at the end", skip("pids"), (t) => {
  const c = container(t, (config) => (config.linux.cgroupsPath = `${config.linux.cgroupsPath}/a/b`));
  const pid = c.startSleeping();
  t.match(cgroupDirectory(pid, "pids"), /\/a\/b$/);
  must(c.delete("--force"));
  t.strictSame(cgroupDirectories(`${c.cgroupsPath}/a/b`), []);
  t.end();
});

t.test("a cgroup with processes in it is refused", { skip: skip("pids").skip || unless(isRunt, "the reference warns") }, (t) => {
  const first = container(t);
  first.startSleeping();
  const second = container(t, (config) => (config.linux.cgroupsPath = first.cgroupsPath));
  const result = second.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /cgroup.*not empty/);
  t.equal(first.status(), "running");
  t.end();
});

t.test("the container sees its own cgroups, read-only", skip("pids"), (t) => {
  const c = container(t);
  const result = c.sh("cat /sys/fs/cgroup/pids/cgroup.procs | wc -l; mkdir /sys/fs/cgroup/pids/x");
  t.match(result.stdout, /^[1-9]/);
  t.match(result.stderr, /Read-only/);
  t.end();
});

t.test("unified keys have no meaning in v1", skip("pids"), (t) => {
  const c = container(t, (config) => (config.linux.resources["unified"] = { "pids.max": "10" }));
  t.equal(c.create().code, 1);
  t.end();
});

t.test("exec --cgroup puts the process in a sub-cgroup", skip("pids"), (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  mkdirSync(join(cgroupDirectory(pid, "pids") ?? "", "sub"));
  const file = join(c.directory, "p");
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, "--cgroup", "pids:/sub"]));
  t.match(cgroupDirectory(Number(readFileSync(file, "utf8")), "pids"), /\/sub$/);
  t.not(c.exec(["true"], ["--cgroup", "pids:/../.."]).code, 0, "and nowhere above");
  t.end();
});
