// SPDX-License-Identifier: Apache-2.0
/** CPU quotas that systemd and the kernel's files agree on. Pure. systemd.resource-control(5), "CPUQuota=" */
import type { Resources } from "../../spec/types.ts";
import { type Integer, isSet } from "../settings.ts";
import { defaultPeriod, quotaPerSecond } from "./property.ts";

/**
 * Limits with the quota that systemd would make of the given one when it reloads: a multiple of 10 ms in a second, rounded up.
 * `presentPeriod` tells the period of the cgroup, for a quota that comes without one.
 */
export function agreedQuota(resources: Resources, presentPeriod: () => bigint): Resources {
  const { cpu, unified } = resources;
  const max = /^(\d+)(?: (\d+))?$/.exec(unified?.["cpu.max"]?.trim() ?? "");
  const agreed: { -readonly [K in keyof Resources]: Resources[K] } = { ...resources };
  if (isSet(cpu?.quota) && cpu.quota > 0) {
    const period = isSet(cpu.period) ? BigInt(cpu.period) : presentPeriod();
    const quota = roundUp(cpu.quota, period);
    agreed.cpu = { ...cpu, quota: Number(quota), ...(period === defaultPeriod ? {} : { period: Number(period) }) };
  }
  if (unified !== undefined && max !== null) {
    const period = max[2] === undefined ? presentPeriod() : BigInt(max[2]);
    if (period > 0n) agreed.unified = { ...unified, "cpu.max": `${roundUp(BigInt(max[1] ?? 0), period)} ${period}` };
  }
  return agreed;
}

/** What systemd writes for the property that the quota becomes. */
function roundUp(quota: Integer, period: bigint): bigint {
  return (BigInt(quotaPerSecond(quota, period)) * period) / 1_000_000n;
}
