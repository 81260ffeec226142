// SPDX-License-Identifier: Apache-2.0
/** Which cgroup hierarchies a mount table shows. Pure. cgroups(7) */
import { mountedHierarchy } from "../linux/proc/cgroup.ts";
import type { MountInfo } from "../linux/proc/mountinfo.ts";
import type { CgroupMode } from "../plan/types.ts";

/** The controllers of the mounted v1 hierarchies; named hierarchies have none. */
export function mountedControllers(mounts: readonly MountInfo[]): string[] {
  return [...new Set(mounts.flatMap(mountedHierarchy).filter((name) => !name.startsWith("name=")))];
}

/** v2 where nothing of v1 is mounted, v1 where nothing of v2 is; undefined where there is neither. */
export function cgroupModeOf(mounts: readonly MountInfo[]): CgroupMode | undefined {
  const v2 = mounts.some((mount) => mount.type === "cgroup2");
  const v1 = mounts.some((mount) => mount.type === "cgroup");
  if (v1) return v2 ? "hybrid" : "v1";
  return v2 ? "v2" : undefined;
}
