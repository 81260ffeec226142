// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { PlanError } from "./errors.ts";
import { readUpdateFlags, updateFlags, type UpdateFlagValues } from "./update-flags.ts";

t.test("each flag sets its member, and nothing else is there", async (t) => {
  t.same(readUpdateFlags({}), { resources: {}, intelRdt: undefined });
  t.same(readUpdateFlags({ memory: "1g", "memory-swap": "-1", "pids-limit": "0", "cpuset-cpus": "0-1", "cpu-idle": "1" }), {
    resources: { memory: { limit: 1073741824, swap: -1 }, cpu: { cpus: "0-1", idle: 1 }, pids: { limit: 0 } },
    intelRdt: undefined,
  });
  t.same(readUpdateFlags({ "mem-bw-schema": "MB:0=20" }).intelRdt, { memBwSchema: "MB:0=20" });
  const all: UpdateFlagValues = Object.fromEntries(
    Object.entries(updateFlags).map(([flag, rule]) => [flag, rule.reads === "text" ? "MB:0=1" : "5"]),
  );
  const { resources, intelRdt } = readUpdateFlags(all);
  t.same(Object.keys(resources.cpu ?? {}).length, 9);
  t.same(Object.keys(resources.memory ?? {}).length, 5);
  t.same([resources.blockIO, resources.pids, Object.keys(intelRdt ?? {}).length], [{ weight: 5 }, { limit: 5 }, 2]);
});

t.test("every flag that cannot be read is told", async (t) => {
  t.throws(
    () => readUpdateFlags({ memory: "much", "cpu-share": "-1", "cpu-quota": "1.5", "mem-bw-schema": "20%" }),
    new PlanError([
      { path: "--memory", message: 'is "much", and must be a number of bytes like "512m", or "-1"' },
      { path: "--cpu-share", message: 'is "-1", and must be a number, 0 or more' },
      { path: "--cpu-quota", message: 'is "1.5", and must be a whole number' },
      { path: "linux.intelRdt.memBwSchema", message: 'is "20%", and must start with "MB:"' },
    ]),
  );
});
