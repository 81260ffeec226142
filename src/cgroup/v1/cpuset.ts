// SPDX-License-Identifier: Apache-2.0
/** A new cpuset of cgroup v1 has no CPUs and no memory nodes, and takes no process until it has. cpuset(7) */
import { readFile, writeFile } from "../../linux/file.ts";

const files = ["cpuset.cpus", "cpuset.mems"] as const;

/** Gives cgroups that were just made, from the top down, what the cgroup above them has. */
export function inheritCpuset(made: readonly string[], mountPoint: string): void {
  const [first] = made;
  if (first === undefined) return;
  for (const file of files) {
    const value = valueOf(parentOf(first), file, mountPoint);
    for (const path of made) writeFile(`${path}/${file}`, value);
  }
}

/** What the cgroup has; one that somebody made and left empty gets what is above it. */
function valueOf(path: string, file: string, mountPoint: string): string {
  const value = readFile(`${path}/${file}`).trim();
  if (value !== "" || path.length <= mountPoint.length) return value;
  const inherited = valueOf(parentOf(path), file, mountPoint);
  writeFile(`${path}/${file}`, inherited);
  return inherited;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
