// SPDX-License-Identifier: Apache-2.0
/** Which cgroup hierarchies a mount table shows. Pure. cgroups(7) */
import type { MountInfo } from "../linux/proc/mountinfo.ts";
import type { CgroupMode } from "../plan/types.ts";

/** The controllers of the mounted v1 hierarchies; named hierarchies have none. */
export function mountedControllers(mounts: readonly MountInfo[]): string[] {
  const found = new Set<string>();
  for (const mount of mounts) {
    if (mount.type !== "cgroup") continue;
    for (const option of mount.superOptions) if (isController(option)) found.add(option);
  }
  return [...found];
}

/** Options of a cgroup v1 superblock that name no controller. */
const plainOptions: ReadonlySet<string> = new Set([
  "rw",
  "ro",
  "xattr",
  "noprefix",
  "clone_children",
  "none",
  "all",
  "cpuset_v2_mode",
]);

function isController(option: string): boolean {
  return !plainOptions.has(option) && !option.includes("=");
}

/** v2 where nothing of v1 is mounted, v1 where nothing of v2 is; undefined where there is neither. */
export function cgroupModeOf(mounts: readonly MountInfo[]): CgroupMode | undefined {
  const v2 = mounts.some((mount) => mount.type === "cgroup2");
  const v1 = mounts.some((mount) => mount.type === "cgroup");
  if (v1) return v2 ? "hybrid" : "v1";
  return v2 ? "v2" : undefined;
}
