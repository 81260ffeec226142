// SPDX-License-Identifier: Apache-2.0
/** Where a container's cgroups are on this host: from a path of the config to directories. */
import { HintedError } from "../linux/errors.ts";
import { readFile } from "../linux/file.ts";
import { type CgroupMembership, parseCgroup, unifiedPath } from "../linux/proc/cgroup.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { statIfAny } from "../linux/stat.ts";
import { joinPath, placeIn, v1Hierarchies } from "./hierarchies.ts";
import type { CgroupPlan } from "../plan/types.ts";
import type { SavedCgroup, VisibleHierarchy } from "./manager.ts";

/** Where a host with cgroup v2 alone has it; host facts say v2 only when it is there. */
export const unifiedMountPoint = "/sys/fs/cgroup";

export interface Places {
  readonly paths: SavedCgroup["paths"];
  readonly visible: readonly VisibleHierarchy[];
}

/** The path below the v2 root; a relative one starts at the runtime's own cgroup. */
export function v2Path(path: string, relative: boolean): string {
  return relative ? joinPath(unifiedPath(ownCgroups()) ?? "/", path) : path;
}

/** The hierarchy without controllers by which a systemd older than cgroup v2 keeps processes apart. */
export const systemdHierarchy = "name=systemd";

/** The directories of a cgroup of v2. */
export function v2Places(path: string, plan: CgroupPlan): Pick<SavedCgroup, "paths" | "delegated"> {
  const own = joinPath(unifiedMountPoint, path);
  const paths = plan.systemdHierarchy ? { "": own, [systemdHierarchy]: joinPath(systemdMountPoint(), path) } : { "": own };
  return { paths, delegated: plan.delegate === undefined ? undefined : `${own}/${plan.delegate.name}` };
}

/** The first mount that can be reached: another may be covered by the v2 tree. */
function systemdMountPoint(): string {
  const mounts = parseMountInfo(readFile("/proc/self/mountinfo")).filter(({ type }) => type === "cgroup");
  const found = mounts.find(
    ({ superOptions, mountPoint }) => superOptions.includes(systemdHierarchy) && statIfAny(`${mountPoint}/tasks`) !== undefined,
  );
  if (found !== undefined) return found.mountPoint;
  throw new HintedError("run.oci.systemd.force_cgroup_v1: this host has no hierarchy of cgroup v1 for systemd", {
    hint: "mkdir /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd,xattr cgroup /sys/fs/cgroup/systemd",
  });
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
