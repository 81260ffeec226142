// SPDX-License-Identifier: Apache-2.0
/** Limit of the number of tasks: the same file in cgroup v1 and v2. Pure. Documentation/admin-guide/cgroup-v1/pids.rst */
import type { Pids } from "../spec/types.ts";
import { limitText, type Setting, settingsOf } from "./settings.ts";

const pids = settingsOf("pids", "pids");

/** 0 is a limit like any other: no task may be added. */
export function pidsSettings({ limit }: Pids): Setting[] {
  return limit === undefined ? [] : [pids("pids.max", limitText(limit), "limit")];
}
