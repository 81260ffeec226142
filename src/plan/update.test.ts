// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Resources } from "../spec/types.ts";
import { PlanError } from "./errors.ts";
import type { CgroupMode } from "./types.ts";
import { planUpdate } from "./update.ts";

const current: Resources = {
  devices: [{ allow: true }],
  memory: { limit: 1000, swap: 2000 },
  cpu: { quota: 50000, period: 100000, shares: 512 },
  unified: { "memory.high": "900" },
  hugepageLimits: [{ pageSize: "2MB", limit: 1 }],
};

t.test("what is written, and what the limits are afterwards", async (t) => {
  const cases: [string, Resources, Resources, Partial<Resources>, CgroupMode?][] = [
    ["nothing", {}, {}, current],
    ["zeros of engines", { memory: { limit: 0 }, cpu: { shares: 0, cpus: "" }, blockIO: { weight: 0 } }, {}, current],
    ["a limit of pids of 0 is one", { pids: { limit: 0 } }, { pids: { limit: 0 } }, { pids: { limit: 0 } }],
    [
      "quota brings its period",
      { cpu: { quota: 20000 } },
      { cpu: { quota: 20000, period: 100000 } },
      { cpu: { quota: 20000, period: 100000, shares: 512 } },
    ],
    [
      "period brings its quota",
      { cpu: { period: 50000 } },
      { cpu: { quota: 50000, period: 50000 } },
      { cpu: { quota: 50000, period: 50000, shares: 512 } },
    ],
    ["burst brings both", { cpu: { burst: 0 } }, { cpu: { burst: 0, quota: 50000, period: 100000 } }, {}],
    ["shares alone", { cpu: { shares: 2 } }, { cpu: { shares: 2 } }, { cpu: { quota: 50000, period: 100000, shares: 2 } }],
    [
      "no limit of memory, none of swap",
      { memory: { limit: -1 } },
      { memory: { limit: -1, swap: -1 } },
      { memory: { limit: -1, swap: -1 } },
    ],
    [
      "swap brings the limit",
      { memory: { swap: 3000 } },
      { memory: { limit: 1000, swap: 3000 } },
      { memory: { limit: 1000, swap: 3000 } },
    ],
    ["a limit leaves swap", { memory: { limit: 1500 } }, { memory: { limit: 1500 } }, { memory: { limit: 1500, swap: 2000 } }],
    ["also above it on v2", { memory: { limit: 5000 } }, { memory: { limit: 5000 } }, {}, "v2"],
    [
      "maps by key",
      { unified: { "memory.low": "1" } },
      { unified: { "memory.low": "1" } },
      { unified: { "memory.high": "900", "memory.low": "1" } },
    ],
    [
      "huge pages by size",
      { hugepageLimits: [{ pageSize: "1GB", limit: 5 }] },
      { hugepageLimits: [{ pageSize: "1GB", limit: 5 }] },
      {
        hugepageLimits: [
          { pageSize: "2MB", limit: 1 },
          { pageSize: "1GB", limit: 5 },
        ],
      },
    ],
    [
      "idle no more: the shares are back",
      { cpu: { idle: 0 } },
      { cpu: { idle: 0, shares: 512 } },
      { cpu: { idle: 0, shares: 512 } },
    ],
    ["devices are never touched", { devices: [{ allow: false }] }, {}, { devices: [{ allow: true }] }],
  ];
  for (const [name, change, apply, merged, mode] of cases) {
    const plan = planUpdate(current, change, mode ?? "v2");
    t.same(plan.apply, apply, name);
    t.match(plan.merged, merged, name);
    t.same(plan.merged.devices, current.devices);
  }
});

t.test("a change that contradicts the limits in force is refused", async (t) => {
  const refused = (change: Resources, mode: CgroupMode = "v2"): unknown => {
    try {
      return planUpdate(current, change, mode);
    } catch (error) {
      return error instanceof PlanError ? error.message : error;
    }
  };
  t.equal(
    refused({ memory: { swap: 500 } }),
    "resources.memory.swap is 500, and must not be below the limit of memory, which is 1000",
  );
  t.equal(
    refused({ memory: { limit: 5000 } }, "v1"),
    "resources.memory.limit is 5000, and must not be above the limit of memory and swap, which is 2000",
  );
  t.equal(refused({ cpu: { burst: 60000 } }), "resources.cpu.burst is 60000 µs, and must not be above the quota of 50000 µs");
  t.equal(
    refused({ unified: { "a/b": "1" } }),
    'resources.unified["a/b"] must be the name of a file in the cgroup, without a path',
  );
});

t.test("planUpdate() keeps the check before an update that the config asks for", async (t) => {
  const current = { memory: { limit: 100, checkBeforeUpdate: true } };
  t.equal(planUpdate(current, { memory: { limit: 50 } }, "v2").apply.memory?.checkBeforeUpdate, true);
  t.equal(planUpdate(current, { memory: { limit: 50, checkBeforeUpdate: false } }, "v2").apply.memory?.checkBeforeUpdate, false);
  t.equal(planUpdate(current, { pids: { limit: 5 } }, "v2").apply.memory, undefined);
});
