// SPDX-License-Identifier: Apache-2.0
// @lanes cluster @timeout 100
/** Docker whose cgroups are made by systemd: a scope for each container. */
import assert from "node:assert/strict";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, SYSTEMD_CGROUPS, dockerName } from "../lib/docker.ts";
import { DENIED_DEVICE, assertUnit, cgroupOf, hasCgroup, properties, reloadSystemd, unitFile, unitsWith } from "./units.ts";

const SLEEP = "exec sleep 1000";

const LIMITS = ["--memory", "64m", "--memory-reservation", "32m", "--cpus", "0.5", "--pids-limit", "33"];
const LIMITED = {
  properties: { MemoryMax: "67108864", MemoryLow: "33554432", CPUQuotaPerSecUSec: "500ms", TasksMax: "33" },
  files: { "memory.max": "67108864", "memory.low": "33554432", "cpu.max": "50000 100000", "pids.max": "33" },
};
const UPDATED = {
  properties: { MemoryMax: "50331648", CPUQuotaPerSecUSec: "250ms", TasksMax: "22" },
  files: { "memory.max": "50331648", "cpu.max": "25000 100000", "pids.max": "22" },
};

const scope = (id: string): string => `docker-${id}.scope`;

const cases: Case<Docker>[] = [
  {
    name: "a container has a scope in system.slice, which exec is in, and nothing is left of it",
    run: (docker) => {
      assert.equal(docker.ok("info", "--format", "{{.CgroupDriver}} {{.CgroupVersion}}"), "systemd 2");
      const id = docker.start(`sleep 1001 & ${SLEEP}`);
      const cgroup = `/system.slice/${scope(id)}`;
      assert.equal(cgroupOf(docker.pid(id)), cgroup);
      const expected = { Slice: "system.slice", Delegate: "yes", ActiveState: "active", ControlGroup: cgroup };
      assert.deepEqual(properties(scope(id), Object.keys(expected)), expected);
      assert.match(docker.ok("exec", id, "sh", "-c", "cat /proc/self/cgroup /sys/fs/cgroup/cgroup.procs | wc -l"), /^[4-6]$/);
      assert.equal(docker.command(["exec", id, "sh", "-c", "exit 5"]).code, 5);
      docker.ok("stop", "--time", "0", id);
      assert.ok(waitUntil(() => !hasCgroup(cgroup)));
      docker.ok("rm", id);
      assert.ok(waitUntil(() => unitsWith(id).length === 0));
    },
  },
  {
    name: "limits, devices and an update of limits, each kept by a reload of systemd",
    run: (docker) => {
      const id = docker.start(SLEEP, ...LIMITS, "--device-cgroup-rule", "c 1:11 r");
      const other = docker.start(SLEEP);
      const cgroup = cgroupOf(docker.pid(id));
      const devices = (container: string): string => docker.ok("exec", container, "sh", "-c", DENIED_DEVICE);
      const check = (expected: typeof UPDATED, when: string): void => {
        assertUnit(scope(id), cgroup, expected);
        assert.deepEqual([devices(id), devices(other)], ["kmsg\nzero", "zero"], when);
      };
      check(LIMITED, "at first");
      reloadSystemd();
      check(LIMITED, "after a reload");
      docker.ok("update", "--memory", "48m", "--memory-swap", "48m", "--cpus", "0.25", "--pids-limit", "22", id);
      check(UPDATED, "after an update");
      reloadSystemd();
      check(UPDATED, "after an update and a reload");
    },
  },
  {
    name: "--cgroup-parent; a restart, by the command and by the policy: the same scope again, with its limits; lack of memory is told",
    run: (docker) => {
      const id = docker.start(SLEEP, ...LIMITS, "--restart", "always", "--cgroup-parent", "web-shop.slice");
      const cgroup = `/web.slice/web-shop.slice/${scope(id)}`;
      const first = docker.pid(id);
      docker.ok("restart", "--time", "0", id);
      const second = docker.pid(id);
      assert.notEqual(second, first);
      assert.equal(cgroupOf(second), cgroup);
      assertUnit(scope(id), cgroup, LIMITED);
      process.kill(second, "SIGKILL");
      assert.ok(waitUntil(() => hasCgroup(cgroup) && !["", String(second)].includes(unitFile(cgroup, "cgroup.procs")), 20));
      docker.ok("exec", id, "true");
      assertUnit(scope(id), cgroup, LIMITED);
      // Docker hears of it only as long as the cgroup is there, which systemd removes at once.
      const oom = docker.start("tail /dev/zero; code=$?; sleep 2; exit $code", "--memory", "20m", "--memory-swap", "20m");
      assert.equal(docker.ok("wait", oom), "137");
      assert.equal(docker.inspect(oom, "{{.State.OOMKilled}}"), "true");
    },
  },
];

await compare({
  engine: `${dockerName()}, systemd`,
  needs: DOCKER_NEEDS,
  open: (runtime) => Docker.withDefault(runtime, ["--exec-opt", SYSTEMD_CGROUPS, "--bridge", "none", "--iptables=false"]),
  cases,
});
