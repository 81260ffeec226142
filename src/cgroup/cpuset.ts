// SPDX-License-Identifier: Apache-2.0
/** CPUs and memory nodes, which v1 and v2 call by the same names. Pure. cpuset(7) */
import type { Cpu } from "../spec/types.ts";
import { type Setting, settingsOf } from "./settings.ts";

const cpuset = settingsOf("cpuset", "cpu");

/** The kernel's files for those that are given. */
export function cpusetSettings({ cpus = "", mems = "" }: Cpu): Setting[] {
  const settings: Setting[] = [];
  if (cpus !== "") settings.push(cpuset("cpuset.cpus", cpus, "cpus"));
  if (mems !== "") settings.push(cpuset("cpuset.mems", mems, "mems"));
  return settings;
}
