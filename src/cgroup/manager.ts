// SPDX-License-Identifier: Apache-2.0
/** What the conductor knows of a cgroup, whatever the hierarchy and whoever makes it. cgroups(7) */
import type { Fd } from "../linux/fd.ts";
import type { CgroupMode, CgroupPlan } from "../plan/types.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";

/** What a later command needs to find the cgroup again; part of the container's record. */
export interface SavedCgroup {
  readonly manager: CgroupPlan["manager"];
  readonly mode: CgroupMode;
  /** Hierarchy ("" for v2; "memory", "name=systemd", …) to the container's directory. */
  readonly paths: Readonly<Record<string, string>>;
  /** Name of the systemd unit that holds the cgroup. */
  readonly unit?: string | undefined;
}

/** One hierarchy as the container shall see it; see rootfs/root.ts. */
export interface VisibleHierarchy {
  readonly version: 1 | 2;
  readonly name: string;
  readonly mountPoint: string;
  readonly path: string | undefined;
}

export interface CgroupManager {
  /** The paths, decided before anything is made. */
  saved(): SavedCgroup;
  hierarchies(): readonly VisibleHierarchy[];
  /** Makes the cgroup. Throws when it holds processes or is frozen. */
  create(): void;
  /** cgroup v2: the directory to clone init into; undefined elsewhere. */
  cloneTarget(): Fd | undefined;
  /** Moves a process in, unless it was cloned there. */
  addProcess(pid: number): void;
  apply(resources: Resources, deviceRules: readonly DeviceCgroupRule[]): void;
  freeze(): void;
  thaw(): void;
  isFrozen(): boolean;
  /** All processes in the cgroup and below it. */
  processes(): number[];
  /** Kills them all and waits, a bounded time. */
  killAll(): void;
  /** Removes the cgroup and all below it; one that is gone is fine. */
  remove(): void;
  /** How often the OOM killer has struck in the cgroup. */
  oomKills(): number;
}
