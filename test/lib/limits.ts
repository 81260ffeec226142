// SPDX-License-Identifier: Apache-2.0
/** The limits that the kernel has for a container: all files of its cgroups that are no counters. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory } from "./kernel.ts";
import { cgroupV2 } from "./lane.ts";

/** What changes without anybody's writing: it is no limit. */
const counters =
  /usage|stat|current|failcnt|events|pressure|peak|procs|tasks|threads|numa|slabinfo|io_service|io_serviced|kill|force_empty|reclaim|effective|control$|populated/;

/** All files with limits in the cgroups of a process: `CONTROLLER/FILE` on v1, `FILE` on v2. */
export function limits(pid: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const controller of cgroupV2 ? [""] : ["cpu", "cpuset", "memory", "pids", "blkio", "devices"]) {
    const directory = cgroupDirectory(pid, controller) ?? "/nowhere";
    for (const file of existsSync(directory) ? readdirSync(directory) : []) {
      const path = join(directory, file);
      if (counters.test(file) || (statSync(path).mode & 0o400) === 0 || statSync(path).isDirectory()) continue;
      found.set(file, readFileSync(path, "utf8").trim());
    }
  }
  return found;
}

/** The files that are others than before. */
export function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...after].filter(([file, text]) => before.get(file) !== text));
}
