// SPDX-License-Identifier: Apache-2.0
/** Where a container's cgroups are on this host: from a path of the config to directories. */
import { readFile } from "../linux/file.ts";
import { type CgroupMembership, parseCgroup, unifiedPath } from "../linux/proc/cgroup.ts";
import { joinPath, placeIn, v1Hierarchies } from "./hierarchies.ts";
import type { SavedCgroup, VisibleHierarchy } from "./manager.ts";

/** Where a host with cgroup v2 alone has it; host facts say v2 only when it is there. */
export const unifiedMountPoint = "/sys/fs/cgroup";

export interface Places {
  readonly paths: SavedCgroup["paths"];
  readonly visible: readonly VisibleHierarchy[];
}

/** The directory in the v2 tree; a relative path starts at the runtime's own cgroup. */
export function v2Paths(path: string, relative: boolean): SavedCgroup["paths"] {
  const base = relative ? (unifiedPath(ownCgroups()) ?? "/") : "/";
  return { "": joinPath(unifiedMountPoint, base, path) };
}

/**
 * The directories in all v1 hierarchies that are mounted, and on a hybrid host in the v2 tree beside them: a systemd keeps its
 * processes apart by that, and the kernel kills all in a cgroup at once only there. The container is shown those of v1.
 */
export function v1Places(path: string, relative: boolean): Places {
  const own = relative ? ownCgroups() : undefined;
  const paths: Record<string, string> = {};
  const visible: VisibleHierarchy[] = [];
  for (const hierarchy of v1Hierarchies(readFile("/proc/self/mountinfo"))) {
    const { mountPoint, controllers } = hierarchy;
    const directory = placeIn(hierarchy, path, own);
    if (controllers.length === 0) paths[""] = directory;
    for (const controller of controllers) paths[controller] = directory;
    if (controllers.length === 0) continue;
    visible.push({ version: 1, name: mountPoint.slice(mountPoint.lastIndexOf("/") + 1), mountPoint, path: directory });
  }
  return { paths, visible };
}

function ownCgroups(): CgroupMembership[] {
  return parseCgroup(readFile("/proc/self/cgroup"));
}
