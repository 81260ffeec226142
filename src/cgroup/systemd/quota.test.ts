// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { quotaPerSecond } from "./property.ts";
import { agreedQuota } from "./quota.ts";

const quotaOf = (quota: number, period: number): number => Number(agreedQuota({ cpu: { quota, period } }, () => 0n).cpu?.quota);

t.test("agreedQuota() rounds up to 10 ms in a second", async (t) => {
  const table: [quota: number, period: number, agreed: number][] = [
    [20000, 80000, 20000],
    [30303, 100000, 31000],
    [40404, 80000, 40800],
    [1000, 1000000, 10000],
    [250000, 999999, 259999],
  ];
  for (const [quota, period, agreed] of table) t.equal(quotaOf(quota, period), agreed, `${quota} ${period}`);
});

t.test(
  "agreedQuota(): systemd reads the agreed quota as the same property, and never gives less than was asked for",
  async (t) => {
    for (const period of [1000, 1001, 33333, 99999, 100000, 999999, 1000000]) {
      for (const quota of [1000, 1001, 12345, 99999, 250001, 7654321]) {
        const agreed = quotaOf(quota, period);
        t.ok(agreed >= quota, `${quota} ${period}`);
        t.equal(quotaPerSecond(agreed, period), quotaPerSecond(quota, period), `${quota} ${period}`);
      }
    }
  },
);

t.test("agreedQuota() asks for the period of the cgroup where none is given", async (t) => {
  const at = (period: bigint) => (): bigint => period;
  t.same(agreedQuota({ cpu: { quota: 10001 } }, at(50000n)).cpu, { quota: 10500, period: 50000 });
  t.same(agreedQuota({ cpu: { quota: 10001 } }, at(100000n)).cpu, { quota: 11000 }, "the kernel's own goes without saying");
  t.same(agreedQuota({ unified: { "cpu.max": "10001" } }, at(50000n)).unified, { "cpu.max": "10500 50000" });
  t.same(agreedQuota({ unified: { "cpu.max": "10001 20000", "pids.max": "5" } }, at(1n)).unified, {
    "cpu.max": "10200 20000",
    "pids.max": "5",
  });
});

t.test("agreedQuota() leaves what is no quota", async (t) => {
  const never = (): bigint => {
    throw new Error("asked for the period");
  };
  for (const resources of [
    {},
    { cpu: { quota: -1, period: 5000 } },
    { cpu: { quota: 0 } },
    { cpu: { shares: 5 } },
    { unified: { "cpu.max": "max 50000" } },
    { unified: { "cpu.max": "rubbish" } },
    { unified: { "cpu.max": "5 0" } },
  ])
    t.same(agreedQuota(resources, never), resources, JSON.stringify(resources));
});
