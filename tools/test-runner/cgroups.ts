// SPDX-License-Identifier: Apache-2.0
/** Removes the cgroups that a run's containers left, in every hierarchy that is mounted. */
import { readFileSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** Mount points of all cgroup hierarchies in the text of `/proc/self/mountinfo`. */
export function cgroupMounts(mountinfo: string): string[] {
  const points: string[] = [];
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const point = left.split(" ")[4];
    if (point !== undefined && /^cgroup2? /.test(right)) points.push(point);
  }
  return points;
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name));
  } catch {
    return []; // it went away meanwhile
  }
}

function removeTree(directory: string): void {
  for (const child of entries(directory)) removeTree(child);
  try {
    for (const pid of readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n")) {
      if (Number(pid) > 1) process.kill(Number(pid), "SIGKILL");
    }
  } catch {
    // ESRCH or ENOENT: what we wanted
  }
  for (let tries = 0; tries < 20; tries++) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EBUSY") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); // its killed processes are not gone yet
    }
  }
}

/** Kills and removes every top-level cgroup whose name begins with `prefix`. */
export function removeCgroups(prefix: string): void {
  for (const mount of cgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"))) {
    for (const directory of entries(mount)) {
      if (directory.slice(mount.length + 1).startsWith(prefix)) removeTree(directory);
    }
  }
}
