// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { DeviceCgroupRule, Resources } from "../../spec/types.ts";
import { deviceProperties } from "./devices.ts";
import { resourceProperties } from "./properties.ts";
import { infinity, type Property, quotaPerSecond } from "./property.ts";

const lines = (properties: readonly Property[]): string[] =>
  properties.map(
    ({ name, value }) =>
      `${name} ${value.type} ${JSON.stringify(value.value, (_, it: unknown) => (typeof it === "bigint" ? String(it) : it))}`,
  );

t.test("resourceProperties() for cgroup v2", async (t) => {
  const max = `"${infinity}"`;
  const table: [Resources, string[]][] = [
    [{}, []],
    [{ cpu: { shares: 1024 } }, ['CPUWeight t "100"']],
    [{ cpu: { idle: 1, shares: 5 } }, ['CPUWeight t "0"']],
    [{ cpu: { quota: 20000, period: 50000 } }, ['CPUQuotaPeriodUSec t "50000"', 'CPUQuotaPerSecUSec t "400000"']],
    [{ cpu: { quota: -1 } }, [`CPUQuotaPerSecUSec t ${max}`]],
    [{ cpu: { cpus: "0,8-9", mems: "0" } }, ["AllowedCPUs ay [1,3]", "AllowedMemoryNodes ay [1]"]],
    [{ memory: { limit: 100, swap: 300, reservation: 50 } }, ['MemoryMax t "100"', 'MemoryLow t "50"', 'MemorySwapMax t "200"']],
    [{ memory: { limit: -1 } }, [`MemoryMax t ${max}`, `MemorySwapMax t ${max}`]],
    [{ pids: { limit: 0 } }, ['TasksMax t "1"']],
    [{ pids: { limit: -1 } }, [`TasksMax t ${max}`]],
    [{ blockIO: { weight: 1000 } }, ['IOWeight t "10000"']],
    [
      {
        unified: {
          "memory.high": "max",
          "cpu.max": "max 20000",
          "io.weight": "default 5",
          "hugetlb.2MB.max": "1",
          "cpuset.cpus": "1",
        },
      },
      [
        `MemoryHigh t ${max}`,
        'CPUQuotaPeriodUSec t "20000"',
        `CPUQuotaPerSecUSec t ${max}`,
        'IOWeight t "5"',
        "AllowedCPUs ay [2]",
      ],
    ],
  ];
  for (const [resources, expected] of table)
    t.same(lines(resourceProperties(resources, true)), expected, JSON.stringify(resources));
});

t.test("resourceProperties() for cgroup v1", async (t) => {
  const resources: Resources = { cpu: { shares: 512, cpus: "0" }, memory: { limit: 5 }, blockIO: { weight: 10 } };
  t.same(lines(resourceProperties(resources, false)), ['CPUShares t "512"', 'MemoryLimit t "5"', 'BlockIOWeight t "10"']);
});

t.test("quotaPerSecond() rounds up to 10 ms", async (t) => {
  t.equal(quotaPerSecond(5000, 100000), 50000n);
  t.equal(quotaPerSecond(1234, 100000), 20000n);
  t.equal(quotaPerSecond(undefined, 5), -1);
});

t.test("deviceProperties()", async (t) => {
  const procDevices = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  8 sd\n";
  const deny = { allow: false, type: "a", access: "rwm" } as const;
  const allow = (type: "b" | "c", access: string, numbers = {}): DeviceCgroupRule => ({ allow: true, type, access, ...numbers });
  const known = [allow("c", "rwm", { major: 1, minor: 3 }), allow("c", "rw", { major: 136 }), allow("b", "m")];
  const said = ['DevicePolicy s "strict"', 'DeviceAllow a(ss) [["/dev/char/1:3","rwm"],["char-pts","rw"],["block-*","m"]]'];
  const of = (rules: readonly DeviceCgroupRule[], v2: boolean): string[] => lines(deviceProperties(rules, procDevices, v2));
  t.same(of([deny, { allow: true }], true), ['DevicePolicy s "auto"']);
  t.same(of([], true), []);
  t.same(of([deny, ...known], true), said);
  for (const strange of [allow("b", "r", { major: 99 }), allow("c", "r", { minor: 3 })]) {
    t.same(of([deny, ...known, strange], false), said, "v1: as much as can be said");
    t.same(of([deny, ...known, strange], true), [], "v2: systemd would deny what it does not know");
  }
});
