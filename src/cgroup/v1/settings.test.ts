// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Resources } from "../../spec/types.ts";
import { v1Settings } from "./settings.ts";

const lines = (resources: Resources): string[] => v1Settings(resources).map(({ file, value }) => `${file} = ${value}`);

t.test("v1Settings()", async (t) => {
  const table: [Resources, string[]][] = [
    [{}, []],
    [{ memory: { limit: 0 }, cpu: { shares: 0 }, blockIO: { weight: 0 }, network: { classID: 0 } }, []],
    [{ memory: { limit: 100, swap: 200 } }, ["memory.limit_in_bytes = 100", "memory.memsw.limit_in_bytes = 200"]],
    [{ memory: { limit: -1 } }, ["memory.limit_in_bytes = -1", "memory.memsw.limit_in_bytes = -1"]],
    [{ memory: { kernel: 5, useHierarchy: true, disableOOMKiller: false } }, []],
    [{ memory: { swappiness: 0, disableOOMKiller: true } }, ["memory.swappiness = 0", "memory.oom_control = 1"]],
    [
      { cpu: { quota: 20000, period: 50000, shares: 512, burst: 1 } },
      ["cpu.shares = 512", "cpu.cfs_burst_us = 1", "cpu.cfs_period_us = 50000", "cpu.cfs_quota_us = 20000"],
    ],
    [{ cpu: { realtimePeriod: 10, realtimeRuntime: 5 } }, ["cpu.rt_period_us = 10", "cpu.rt_runtime_us = 5"]],
    [{ pids: { limit: 0 } }, ["pids.max = 0"]],
    [
      { network: { classID: 0x100001, priorities: [{ name: "eth0", priority: 5 }] } },
      ["net_cls.classid = 1048577", "net_prio.ifpriomap = eth0 5"],
    ],
    [
      { hugepageLimits: [{ pageSize: "2MB", limit: 5 }] },
      ["hugetlb.2MB.limit_in_bytes = 5", "hugetlb.2MB.rsvd.limit_in_bytes = 5"],
    ],
  ];
  for (const [resources, expected] of table) t.same(lines(resources), expected, JSON.stringify(resources));
});

t.test("v1Settings() of block devices", async (t) => {
  const settings = v1Settings({
    blockIO: {
      weight: 500,
      leafWeight: 300,
      weightDevice: [{ major: 8, minor: 0, weight: 10, leafWeight: 20 }],
      throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
    },
  });
  t.same(
    settings.map(({ file, value, fallback }) => [file, value, fallback?.file]),
    [
      ["blkio.weight", "500", "blkio.bfq.weight"],
      ["blkio.leaf_weight", "300", undefined],
      ["blkio.weight_device", "8:0 10", "blkio.bfq.weight_device"],
      ["blkio.leaf_weight_device", "8:0 20", undefined],
      ["blkio.throttle.read_bps_device", "8:0 600", undefined],
    ],
  );
});
