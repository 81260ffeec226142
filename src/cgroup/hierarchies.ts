// SPDX-License-Identifier: Apache-2.0
/** The hierarchies of cgroup v1 in a mount table, and a container's place in them. Pure. */
import { type CgroupMembership, controllerPath, mountedHierarchy, unifiedPath } from "../linux/proc/cgroup.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";

export interface Hierarchy {
  /** Controllers, or "name=systemd"; none: the v2 tree beside those of v1. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** What of the hierarchy is mounted: "/", or a container's part of it. */
  readonly root: string;
}

const usualPlace = "/sys/fs/cgroup/";

/**
 * The hierarchies that the text of /proc/self/mountinfo of a v1 or hybrid host shows, each once: where it is usually mounted, or
 * else first.
 */
export function v1Hierarchies(mountinfo: string): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  // Most lines are of other file systems, and parsing one costs more than looking for a word.
  const lines = mountinfo.split("\n").filter((line) => line.includes(" - cgroup"));
  for (const mount of parseMountInfo(lines.join("\n"))) {
    const hierarchy = { controllers: mountedHierarchy(mount), mountPoint: mount.mountPoint, root: mount.root };
    const key = hierarchy.controllers.join();
    const known = found.get(key);
    if (known === undefined || rank(hierarchy) > rank(known)) found.set(key, hierarchy);
  }
  return [...found.values()];
}

function rank({ mountPoint, root }: Hierarchy): number {
  return (mountPoint.startsWith(usualPlace) ? 2 : 0) + (root === "/" ? 1 : 0);
}

/** Where `path` is: below the mount, or (`memberships` given) below the runtime's own cgroup. */
export function placeIn(hierarchy: Hierarchy, path: string, memberships: readonly CgroupMembership[] | undefined): string {
  const [controller] = hierarchy.controllers;
  const pathIn = controller === undefined ? unifiedPath : (list: typeof memberships = []) => controllerPath(list, controller);
  const own = memberships === undefined ? "/" : (pathIn(memberships) ?? "/");
  return joinPath(hierarchy.mountPoint, withoutRoot(own, hierarchy.root), path);
}

/** A cgroup as seen through a mount that shows only a part of the hierarchy. */
function withoutRoot(own: string, root: string): string {
  if (root === "/") return own;
  return own === root || own.startsWith(`${root}/`) ? own.slice(root.length) : "/";
}

/** The parts as one path, without doubled or trailing slashes. */
export function joinPath(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split("/"))
    .filter((name) => name !== "")
    .join("/")}`;
}
