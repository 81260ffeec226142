// SPDX-License-Identifier: Apache-2.0
/** A new cpuset of cgroup v1 has no CPUs and no memory nodes, and takes no process until it has. cpuset(7) */
import { readFile, writeFile } from "../linux/file.ts";

/** Gives the cgroup, and what is above it, the CPUs and nodes of its parent where it has none. */
export function inheritCpuset(path: string, mountPoint: string): void {
  if (path === mountPoint || !path.startsWith(`${mountPoint}/`)) return;
  const parent = path.slice(0, path.lastIndexOf("/"));
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    if (readFile(`${path}/${name}`).trim() !== "") continue;
    inheritCpuset(parent, mountPoint);
    writeFile(`${path}/${name}`, readFile(`${parent}/${name}`).trim());
  }
}
