// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Resources } from "../../spec/types.ts";
import { weightOfShares } from "./cpu.ts";
import { ioWeight } from "./io.ts";
import { swapLimit } from "./memory.ts";
import { neededControllers, v2Settings } from "./settings.ts";

const lines = (resources: Resources): string[] => v2Settings(resources).map(({ file, value }) => `${file} = ${value}`);

t.test("weightOfShares() meets least, default and greatest", async (t) => {
  for (const [shares, weight] of [
    [0, 1],
    [2, 1],
    [3, 2],
    [256, 35],
    [512, 59],
    [1024, 100],
    [2048, 174],
    [10240, 639],
    [262144, 10000],
    [1 << 30, 10000],
  ] as const)
    t.equal(weightOfShares(shares), weight, String(shares));
  let last = 0;
  for (let shares = 2; shares <= 262144; shares *= 2) {
    t.ok(weightOfShares(shares) >= last);
    last = weightOfShares(shares);
  }
});

t.test("v2Settings() of the cpu", async (t) => {
  const table: [Resources["cpu"], string[]][] = [
    [{}, []],
    [{ shares: 0, quota: 0, period: 0 }, []],
    [{ shares: 1024 }, ["cpu.weight = 100"]],
    [{ quota: 20000, period: 50000 }, ["cpu.max = 20000 50000"]],
    [{ quota: -1 }, ["cpu.max = max"]],
    [{ period: 50000 }, ["cpu.max = max 50000"]],
    [{ quota: 20000, burst: 5000 }, ["cpu.max.burst = 5000", "cpu.max = 20000"]],
    [{ idle: 1, shares: 512 }, ["cpu.idle = 1"]],
    [{ idle: 0, shares: 1024 }, ["cpu.idle = 0", "cpu.weight = 100"]],
    [{ cpus: "0-1", mems: "0" }, ["cpuset.cpus = 0-1", "cpuset.mems = 0"]],
  ];
  for (const [cpu, expected] of table) t.same(lines({ cpu }), expected, JSON.stringify(cpu));
});

t.test("v2Settings() of memory and pids", async (t) => {
  t.same(lines({ memory: { limit: 100, reservation: 50, swap: 150 } }), [
    "memory.swap.max = 50",
    "memory.max = 100",
    "memory.low = 50",
  ]);
  t.same(lines({ memory: { limit: -1 } }), ["memory.swap.max = max", "memory.max = max"]);
  t.same(lines({ memory: { limit: 0, reservation: 0 } }), []);
  t.same(lines({ pids: { limit: 0 } }), ["pids.max = 0"]);
  t.same(lines({ pids: { limit: -1 } }), ["pids.max = max"]);
  t.same(lines({ pids: {} }), []);
  t.equal(swapLimit({ limit: 5n, swap: 9223372036854775807n }), 9223372036854775802n);
  t.equal(swapLimit({ limit: 5, swap: -1 }), -1);
});

t.test("v2Settings() of block devices: one line a device", async (t) => {
  const settings = v2Settings({
    blockIO: {
      weight: 500,
      weightDevice: [{ major: 8, minor: 0, weight: 10 }],
      throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1048576 }],
      throttleWriteIOPSDevice: [
        { major: 8, minor: 0, rate: 0 },
        { major: 8, minor: 16, rate: 9007199254740993n },
      ],
    },
  });
  t.same(
    settings.map(({ file, value, fallback }) => [file, value, fallback?.value]),
    [
      ["io.bfq.weight", "default 500", "default 4950"],
      ["io.bfq.weight", "8:0 10", "8:0 1"],
      ["io.max", "8:0 rbps=1048576 wiops=max", undefined],
      ["io.max", "8:16 wiops=9007199254740993", undefined],
    ],
  );
  t.equal(ioWeight(1000), 10000);
});

t.test("v2Settings() of the rest, and the controllers it needs", async (t) => {
  const settings = v2Settings({
    hugepageLimits: [{ pageSize: "2MB", limit: 4194304 }],
    rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10000 } },
    unified: { "io.max": "259:0 rbps=2097152\n253:0 wiops=120", "cgroup.max.depth": "3" },
  });
  t.same(
    settings.map(({ file, value }) => `${file} = ${value}`),
    [
      "hugetlb.2MB.max = 4194304",
      "hugetlb.2MB.rsvd.max = 4194304",
      "rdma.max = mlx5_1 hca_handle=3 hca_object=10000",
      "io.max = 259:0 rbps=2097152",
      "io.max = 253:0 wiops=120",
      "cgroup.max.depth = 3",
    ],
  );
  t.same(neededControllers(settings), ["hugetlb", "rdma", "io"]);
});
