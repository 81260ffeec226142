// SPDX-License-Identifier: Apache-2.0
/** Finding the cgroup of a container: decided once at create, and found again from the record by every later command. */
import { readFile } from "../linux/file.ts";
import { controllerPath, parseCgroup, unifiedPath } from "../linux/proc/cgroup.ts";
import { type MountInfo, parseMountInfo } from "../linux/proc/mountinfo.ts";
import type { CgroupPlan, HostFacts } from "../plan/types.ts";
import { NoCgroup } from "./disabled.ts";
import type { CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";
import { V1Manager } from "./v1.ts";
import { V2Manager } from "./v2.ts";

const unifiedMountPoint = "/sys/fs/cgroup";

/** The manager for a container that is about to be made. Nothing is touched yet. */
export function createManager(plan: CgroupPlan, facts: HostFacts): CgroupManager {
  if (plan.manager === "disabled") return new NoCgroup({ manager: "disabled", mode: facts.cgroupMode, paths: {} });
  if (facts.cgroupMode === "v2") {
    const base = plan.relative ? (unifiedPath(ownCgroups()) ?? "/") : "/";
    const path = join(unifiedMountPoint, base, plan.path);
    return new V2Manager({ manager: plan.manager, mode: "v2", paths: { "": path } }, unifiedMountPoint);
  }
  return createV1(plan, facts);
}

/** The manager of a container that is there. */
export function managerOf(saved: SavedCgroup): CgroupManager {
  if (saved.manager === "disabled") return new NoCgroup(saved);
  if (saved.mode === "v2") return new V2Manager(saved, unifiedMountPoint);
  return new V1Manager(saved, []);
}

function createV1(plan: CgroupPlan, facts: HostFacts): CgroupManager {
  const own = plan.relative ? ownCgroups() : [];
  const paths: Record<string, string> = {};
  const hierarchies: VisibleHierarchy[] = [];
  for (const { key, mountPoint } of v1Hierarchies(parseMountInfo(readFile("/proc/self/mountinfo")))) {
    const base = plan.relative ? (controllerPath(own, key) ?? "/") : "/";
    const path = join(mountPoint, base, plan.path);
    for (const controller of key.split(",")) paths[controller] = path;
    hierarchies.push({ version: 1, name: mountPoint.slice(mountPoint.lastIndexOf("/") + 1), mountPoint, path });
  }
  return new V1Manager({ manager: plan.manager, mode: facts.cgroupMode, paths }, hierarchies);
}

/** Options of a v1 mount that are no controllers. */
const mountOptions = new Set(["rw", "ro", "xattr", "noprefix", "clone_children"]);

/** The v1 hierarchies that are mounted as a whole: key "cpu,cpuacct", "name=systemd". */
function v1Hierarchies(mounts: readonly MountInfo[]): { readonly key: string; readonly mountPoint: string }[] {
  const found = new Map<string, string>();
  for (const mount of mounts) {
    if (mount.type !== "cgroup" || mount.root !== "/") continue;
    const key = mount.superOptions
      .filter((option) => !mountOptions.has(option) && !option.startsWith("release_agent="))
      .join(",");
    if (!found.has(key)) found.set(key, mount.mountPoint);
  }
  return [...found].map(([key, mountPoint]) => ({ key, mountPoint }));
}

function ownCgroups(): ReturnType<typeof parseCgroup> {
  return parseCgroup(readFile("/proc/self/cgroup"));
}

/** The parts as one path, without doubled or trailing slashes. */
function join(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split("/"))
    .filter((name) => name !== "")
    .join("/")}`;
}
