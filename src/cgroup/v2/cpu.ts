// SPDX-License-Identifier: Apache-2.0
/** CPU bandwidth and weight of cgroup v2. Pure. Documentation/admin-guide/cgroup-v2.rst, "CPU" */
import type { Cpu } from "../../spec/types.ts";
import { type Integer, isSet, type Setting, settingsOf } from "../settings.ts";

const largestShares = 262_144;
const largestWeight = 10_000;

/**
 * The weight (1 to 10000, default 100) for shares (2 to 262144, default 1024).
 *
 * A curve through the least, the default and the greatest of both, quadratic in the logarithm: the straight line that was used
 * before 2025 gave a container with default shares less than half of the default weight.
 */
export function weightOfShares(shares: Integer): number {
  const number = Number(shares);
  if (number <= 2) return 1;
  if (number >= largestShares) return largestWeight;
  const log = Math.log2(number);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

const cpu = settingsOf("cpu", "cpu");

/** An idle cgroup has the least weight there is, and the kernel refuses to give it another one. */
export function cpuSettings(given: Cpu): Setting[] {
  const settings: Setting[] = [];
  const idle = given.idle;
  if (idle !== undefined)
    settings.push(cpu("cpu.idle", String(idle), "idle", { skipMissing: Number(idle) === 0, drags: "cpu.weight" }));
  if (isSet(given.shares) && (idle === undefined || Number(idle) === 0)) {
    settings.push(cpu("cpu.weight", String(weightOfShares(given.shares)), "shares"));
  }
  // The kernel wants burst to be at most the quota at any moment: it goes first, or, when it is raised, last.
  if (given.burst !== undefined) settings.push(cpu("cpu.max.burst", String(given.burst), "burst", { patient: true }));
  const max = bandwidth(given);
  if (max !== undefined) settings.push(cpu("cpu.max", max, isSet(given.quota) ? "quota" : "period"));
  return settings;
}

/** The text of cpu.max: quota and, if it is given, the period, in microseconds. */
function bandwidth({ quota, period }: Cpu): string | undefined {
  if (!isSet(quota) && !isSet(period)) return undefined;
  const text = isSet(quota) && quota > 0 ? String(quota) : "max";
  return isSet(period) ? `${text} ${period}` : text;
}
