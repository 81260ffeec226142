// SPDX-License-Identifier: Apache-2.0
/** CPU shares, bandwidth and real-time budget of cgroup v1. Pure. Documentation/scheduler/sched-bwc.rst */
import type { Cpu } from "../../spec/types.ts";
import { isSet, type Setting, settingsOf } from "../settings.ts";

const cpu = settingsOf("cpu", "cpu");

/**
 * The kernel checks each write against what the other files say at that moment and against the parent, so the order that works
 * depends on which values grow: those that are refused are tried again after the others.
 */
export function cpuSettings(given: Cpu): Setting[] {
  const { realtimePeriod, realtimeRuntime, idle, shares, burst, period, quota } = given;
  const settings: Setting[] = [];
  if (isSet(realtimePeriod)) settings.push(cpu("cpu.rt_period_us", String(realtimePeriod), "realtimePeriod", { patient: true }));
  if (isSet(realtimeRuntime)) settings.push(cpu("cpu.rt_runtime_us", String(realtimeRuntime), "realtimeRuntime"));
  if (idle !== undefined)
    settings.push(cpu("cpu.idle", String(idle), "idle", { skipMissing: Number(idle) === 0, drags: "cpu.shares" }));
  // An idle cgroup has the least weight there is, and the kernel refuses to give it another one.
  if (isSet(shares) && (idle === undefined || Number(idle) === 0)) {
    settings.push(cpu("cpu.shares", String(shares), "shares"));
  }
  if (burst !== undefined) settings.push(cpu("cpu.cfs_burst_us", String(burst), "burst", { patient: true }));
  if (isSet(period)) settings.push(cpu("cpu.cfs_period_us", String(period), "period", { patient: true }));
  if (isSet(quota)) settings.push(cpu("cpu.cfs_quota_us", String(quota), "quota"));
  return settings;
}
