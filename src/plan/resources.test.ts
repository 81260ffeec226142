// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Resources } from "../spec/types.ts";
import { checkResources, hasLimits } from "./resources.ts";
import { reported } from "./testing.ts";
import type { CgroupMode } from "./types.ts";

const check = (resources: object, mode: CgroupMode = "v1") =>
  reported((report) => checkResources(resources as Resources, mode, "r", report));

t.test("resources that contradict themselves", async (t) => {
  const cases: [object, string[], CgroupMode?][] = [
    [{ memory: { limit: -1, swap: -1, reservation: 0 }, pids: { limit: 0 } }, []],
    [{ memory: { limit: -2 } }, ["r.memory.limit: is -2, and must be -1 (unlimited) or more"]],
    [{ memory: { swap: 5 } }, ["r.memory.swap: is 5, and limits memory and swap together: it needs a limit of memory as well"]],
    [{ memory: { limit: 10, swap: 5 } }, ["r.memory.swap: is 5, and must not be below the limit of memory, which is 10"]],
    [{ memory: { swappiness: 101 } }, ["r.memory.swappiness: is 101, and must be 0 to 100"]],
    [{ cpu: { quota: -1, period: 100000, burst: 9, idle: 1, cpus: "0-3", shares: 2 } }, []],
    [{ cpu: { period: 999 } }, ["r.cpu.period: is 999 µs, and must be 1000 to 1000000"]],
    [{ cpu: { quota: 999 } }, ["r.cpu.quota: is 999 µs, and must be 1000 or more, or -1 for no limit"]],
    [{ cpu: { quota: 1000, burst: 2000 } }, ["r.cpu.burst: is 2000 µs, and must not be above the quota of 1000 µs"]],
    [{ cpu: { idle: 2 } }, ["r.cpu.idle: is 2, and must be 0 or 1"]],
    [
      { cpu: { cpus: "0-", mems: "x" } },
      ['r.cpu.cpus: is "0-", and must be a list like "0-3,7"', 'r.cpu.mems: is "x", and must be a list like "0-3,7"'],
    ],
    [{ blockIO: { weight: 5, leafWeight: 0 } }, ["r.blockIO.weight: is 5, and must be 10 to 1000"]],
    [
      { blockIO: { weightDevice: [{ major: 8, minor: 0 }] } },
      ["r.blockIO.weightDevice[0]: has neither weight nor leafWeight, and needs at least one"],
    ],
    [
      {
        hugepageLimits: [
          { pageSize: "2MB", limit: 1 },
          { pageSize: "2MB", limit: 1 },
        ],
      },
      ['r.hugepageLimits[1].pageSize: is "2MB" for the second time, and each size may be listed once'],
    ],
    [
      { hugepageLimits: [{ pageSize: "2M", limit: 1 }] },
      ['r.hugepageLimits[0].pageSize: is "2M", and must be like "64KB", "2MB" or "1GB"'],
    ],
    [{ rdma: { mlx5_1: {} } }, ['r.rdma["mlx5_1"]: has neither hcaHandles nor hcaObjects, and needs at least one']],
  ];
  for (const [resources, refused, mode] of cases) t.same(check(resources, mode).refused, refused, JSON.stringify(resources));
});

t.test("what cgroup v2 does not have", async (t) => {
  t.same(
    check(
      {
        memory: { swappiness: 60, disableOOMKiller: true },
        cpu: { realtimeRuntime: 1 },
        blockIO: { leafWeight: 10, weightDevice: [{ major: 8, minor: 0, weight: 10, leafWeight: 10 }] },
        network: { classID: 1, priorities: [{ name: "lo", priority: 1 }] },
      },
      "v2",
    ).refused,
    [
      "r.memory.swappiness: is given, and cgroup v2 has no swappiness of a cgroup",
      "r.memory.disableOOMKiller: is true, and cgroup v2 cannot disable the OOM killer",
      "r.cpu.realtimeRuntime: is given, and cgroup v2 has no real-time budget of a cgroup",
      "r.blockIO.leafWeight: is given, and cgroup v2 has no leaf weights",
      "r.blockIO.weightDevice[0].leafWeight: is given, and cgroup v2 has no leaf weights",
      "r.network.classID: is given, and cgroup v2 has no net_cls controller",
      "r.network.priorities: is given, and cgroup v2 has no net_prio controller",
    ],
  );
  const quiet = check(
    {
      memory: { disableOOMKiller: false, kernel: -1, kernelTCP: -1, useHierarchy: true },
      blockIO: { leafWeight: 0 },
      network: { classID: 0, priorities: [] },
    },
    "v2",
  );
  t.same(quiet.refused, []);
  t.same(quiet.warned, []);
  const ofV1 = { memory: { swappiness: 60, disableOOMKiller: true }, blockIO: { leafWeight: 10 }, network: { classID: 1 } };
  t.same(check(ofV1).refused, []);
});

t.test("what kernels no longer have", async (t) => {
  const given = { memory: { kernel: 1, kernelTCP: 1, useHierarchy: false } };
  const gone = [
    "r.memory.kernel: is deprecated, and ignored: no kernel since 5.16 has this limit",
    "r.memory.useHierarchy: is false, and no kernel since 5.11 can do that",
  ];
  t.same(check(given, "v1").warned, gone);
  t.same(check(given, "v2").warned, [...gone, "r.memory.kernelTCP: is deprecated, and ignored on cgroup v2"]);
  t.same(check(given, "v2").refused, []);
});

t.test("unified names files of cgroup v2", async (t) => {
  t.same(check({ unified: { "memory.high": "1" } }, "v2").refused, []);
  t.same(check({ unified: {} }, "v1").refused, []);
  t.same(check({ unified: { "memory.high": "1" } }, "v1").refused, [
    "r.unified: is given, and this host has cgroup v1; its files are of cgroup v2",
  ]);
  t.same(check({ unified: { "memory.high": "1" } }, "hybrid").refused, [
    "r.unified: is given, and this host has cgroup v1 and v2 (hybrid); its files are of cgroup v2",
  ]);
  t.same(check({ unified: { "../x.y": "1", "": "1", memory: "1" } }, "v2").refused, [
    'r.unified["../x.y"]: must be the name of a file in the cgroup, without a path',
    'r.unified[""]: must be the name of a file in the cgroup, without a path',
    'r.unified["memory"]: must name a controller and a setting, like "memory.high"',
  ]);
});

t.test("hasLimits()", async (t) => {
  for (const none of [
    {},
    { devices: [{ allow: true }] },
    { memory: {} },
    { memory: { disableOOMKiller: false } },
    { unified: {} },
  ]) {
    t.equal(hasLimits(none as Resources), false, JSON.stringify(none));
  }
  for (const some of [
    { pids: { limit: 0 } },
    { memory: { limit: 1 } },
    { hugepageLimits: [{}] },
    { unified: { "pids.max": "1" } },
  ]) {
    t.equal(hasLimits(some as unknown as Resources), true, JSON.stringify(some));
  }
});
