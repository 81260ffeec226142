// SPDX-License-Identifier: Apache-2.0
/** Which controllers a cgroup has is decided by the cgroups above it. Documentation/admin-guide/cgroup-v2.rst, "Controlling Controllers" */
import { HintedError } from "../../linux/errors.ts";
import { readFile } from "../../linux/file.ts";
import { writeCgroupFile } from "../write.ts";

/** Engines read usage from these whether or not there is a limit. */
const accounting = ["cpu", "io", "memory", "pids"];

/**
 * Gives the cgroup at `path` the controllers `needed` and, where that is possible, those that account for usage. One by one, because
 * the kernel takes all or none of a list.
 *
 * Throws when a needed one cannot be had.
 */
export function enableControllers(path: string, mountPoint: string, needed: readonly string[]): void {
  const present = controllersOf(path);
  const missing = needed.filter((controller) => !present.has(controller));
  const wished = accounting.filter((controller) => !present.has(controller) && !missing.includes(controller));
  if (missing.length === 0 && wished.length === 0) return;
  const available = controllersOf(mountPoint);
  for (const controller of missing) {
    if (!available.has(controller)) throw notAvailable(controller, available);
    enable(controller, path, mountPoint);
  }
  for (const controller of wished) if (available.has(controller)) tryEnable(controller, path, mountPoint);
}

function controllersOf(path: string): Set<string> {
  return new Set(readFile(`${path}/cgroup.controllers`).trim().split(" ").filter(Boolean));
}

function notAvailable(controller: string, available: ReadonlySet<string>): Error {
  const list = available.size === 0 ? "none" : [...available].join(", ");
  return new HintedError(`this host's cgroup v2 has no ${JSON.stringify(controller)} controller`, {
    hint: `controllers of this host: ${list}`,
  });
}

/** From the top down to the parent of `path`. */
function enable(controller: string, path: string, mountPoint: string): void {
  let directory = mountPoint;
  for (const name of path.slice(mountPoint.length + 1).split("/")) {
    writeCgroupFile(directory, "cgroup.subtree_control", `+${controller}`);
    directory += `/${name}`;
  }
}

/** Nobody asked for it: whatever stands in the way (processes above, another owner, a threaded cgroup) may stay. */
function tryEnable(controller: string, path: string, mountPoint: string): void {
  try {
    enable(controller, path, mountPoint);
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
  }
}
