// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/cgroup. Pure. cgroups(7) */
import type { MountInfo } from "./mountinfo.ts";

export interface CgroupMembership {
  /** 0 for cgroup v2. */
  readonly hierarchy: number;
  /** v1 controllers or `name=…`; empty for cgroup v2. */
  readonly controllers: readonly string[];
  /** Path below the hierarchy's root as the reader's cgroup namespace shows it. */
  readonly path: string;
}

/** One entry a hierarchy. A path may hold colons; the kernel marks a removed cgroup with " (deleted)". */
export function parseCgroup(text: string): CgroupMembership[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const first = line.indexOf(":");
      const second = line.indexOf(":", first + 1);
      if (first === -1 || second === -1) throw new Error(`unreadable cgroup line ${JSON.stringify(line)}`);
      const names = line.slice(first + 1, second);
      return {
        hierarchy: Number(line.slice(0, first)),
        controllers: names === "" ? [] : names.split(","),
        path: line.slice(second + 1).replace(/ \(deleted\)$/, ""),
      };
    });
}

/** The path in the cgroup v2 hierarchy; undefined when there is none. */
export function unifiedPath(memberships: readonly CgroupMembership[]): string | undefined {
  return memberships.find(({ hierarchy, controllers }) => hierarchy === 0 && controllers.length === 0)?.path;
}

/** The path in the v1 hierarchy of a controller (`memory`) or of a named one (`name=systemd`). */
export function controllerPath(memberships: readonly CgroupMembership[], controller: string): string | undefined {
  return memberships.find(({ controllers }) => controllers.includes(controller))?.path;
}

/** What the kernel shows of a v1 hierarchy beside its controllers. Documentation/admin-guide/cgroup-v1/cgroups.rst */
const plainOptions: ReadonlySet<string> = new Set([
  "rw",
  "ro",
  "xattr",
  "noprefix",
  "clone_children",
  "cpuset_v2_mode",
  "favordynmods",
  "nofavordynmods",
]);

/** The controllers of the v1 hierarchy that a mount shows, or its `name=…`; none for all other mounts. */
export function mountedHierarchy({ type, superOptions }: MountInfo): string[] {
  if (type !== "cgroup") return [];
  return superOptions.filter((option) => !plainOptions.has(option) && !option.startsWith("release_agent="));
}
