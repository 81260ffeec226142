// SPDX-License-Identifier: Apache-2.0
/** What the conductor knows of a cgroup, whatever the hierarchy and whoever makes it. cgroups(7) */
import type { CgroupMode, CgroupPlan, HostFacts } from "../plan/types.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";
import type { Entrance, EntranceWay } from "./entrance.ts";
import type { CgroupStats } from "./stats/types.ts";
import type { CgroupWatch } from "./watch.ts";
import type { Accepted } from "./write.ts";

/** What a later command needs to find the cgroup again; part of the container's record. */
export interface SavedCgroup {
  readonly manager: CgroupPlan["manager"];
  readonly mode: CgroupMode;
  /** Hierarchy ("" for v2; "memory", "name=systemd", …) to the container's directory. */
  readonly paths: Readonly<Record<string, string>>;
  /** Name of the systemd unit that holds the cgroup. */
  readonly unit?: string | undefined;
  /** Directory of the cgroup that the processes rule themselves, and `exec` goes to; see CgroupPlan.delegate. */
  readonly delegated?: string | undefined;
  /** Addresses of the systemd that has the unit, best first. */
  readonly bus?: readonly string[] | undefined;
  /** The runtime died before it knew that all of it is the container's: what is in there may be somebody else's. */
  readonly unsettled?: true;
}

/** One hierarchy as the container shall see it; see rootfs/root.ts. */
export interface VisibleHierarchy {
  readonly version: 1 | 2;
  readonly name: string;
  readonly mountPoint: string;
  readonly path: string | undefined;
}

/** What only the runtime that makes the cgroup knows. */
export interface Birth {
  readonly plan: CgroupPlan;
  readonly facts: HostFacts;
  /** Something is not as asked for, and the container can do without. */
  readonly warn: (text: string) => void;
}

export interface CgroupManager {
  /** The paths, decided before anything is made; after create() without those that could not be made and are not needed. */
  saved(): SavedCgroup;
  hierarchies(): readonly VisibleHierarchy[];
  /**
   * Makes the cgroup. Throws when it holds processes or is frozen. Until it has returned, killAll() and remove() touch nothing but
   * what it has made.
   */
  create(): void;
  /** The way in for a process that is about to be cloned. */
  entrance(way?: EntranceWay): Entrance;
  /** Another way in, where the kernel refused the first one with `error`; `init` is the container's. Undefined: there is none. */
  entranceAfter(error: unknown, init: number): Entrance | undefined;
  /** Moves in a process that is there already. */
  addProcess(pid: number): void;
  /** Sets the limits of a cgroup that create() has made. Device rules may wait for settle(). */
  apply(resources: Resources, deviceRules: readonly DeviceCgroupRule[]): void;
  /**
   * Sets what apply() left for later, before any program of the container runs. On v2 these are the device rules, whose program
   * takes the kernel half a millisecond to check, and controllers that only account: time in which init can set itself up.
   */
  settle(): void;
  /**
   * Changes the limits of a cgroup that is in use, all or nothing, and tells what the kernel made of them. Devices stay. `commit` is
   * called when all are set; when it throws, they are taken back.
   */
  update(resources: Resources, commit?: () => void): readonly Accepted[];
  freeze(): void;
  thaw(): void;
  isFrozen(): boolean;
  /** All processes in the cgroup and below it. */
  processes(): number[];
  /** Kills them all and waits, a bounded time. */
  killAll(): void;
  /** Removes the cgroup and all below it; one that is gone is fine. */
  remove(): void;
  /** Removes a cgroup of a container that is there, if it is empty and nothing but a directory; false leaves it to killAll() and remove(). */
  removeEmpty(): boolean;
  /** How often the OOM killer has struck in the cgroup. */
  oomKills(): number;
  /** What the container uses, in the shape of the `events` command. */
  stats(): CgroupStats;
  /** Tells of OOM kills and of the end of the last process. */
  watch(): CgroupWatch;
  /**
   * The same for processes in cgroups below: `PATH`, on v1 also `CONTROLLER[,CONTROLLER]:PATH`. Throws for a path that leads out
   * or is not there.
   */
  below(places: readonly string[]): CgroupManager;
}
