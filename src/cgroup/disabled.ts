// SPDX-License-Identifier: Apache-2.0
/** `--cgroup-manager disabled`, and a rootless container without a cgroup that it may write: the caller's cgroup it is. */
import type { CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";

export class NoCgroup implements CgroupManager {
  readonly #saved: SavedCgroup;

  constructor(saved: SavedCgroup) {
    this.#saved = saved;
  }

  saved(): SavedCgroup {
    return this.#saved;
  }

  hierarchies(): readonly VisibleHierarchy[] {
    return [];
  }

  create(): void {}

  cloneTarget(): undefined {
    return undefined;
  }

  addProcess(): void {}

  apply(): void {}

  freeze(): void {
    throw new Error("pausing needs a cgroup, and this container has none of its own");
  }

  thaw(): void {
    this.freeze();
  }

  isFrozen(): boolean {
    return false;
  }

  processes(): number[] {
    return [];
  }

  killAll(): void {}

  remove(): void {}

  oomKills(): number {
    return 0;
  }
}
