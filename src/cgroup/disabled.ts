// SPDX-License-Identifier: Apache-2.0
/** `--cgroup-manager disabled`: the caller's cgroup it is, and nothing in it is touched. */
import { HintedError } from "../linux/errors.ts";
import { entrance, type Entrance } from "./entrance.ts";
import type { CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";

/** For what cannot be done without a cgroup. */
export function noCgroupError(what: string): Error {
  // The first words are runc's, for who looks for them.
  return new HintedError(`cgroup not exist: ${what} needs one, and this container has none of its own`, {
    hint: "it was created with --cgroup-manager disabled, or by a user who may make no cgroups",
  });
}

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

  entrance(): Entrance {
    return entrance({});
  }

  addProcess(): void {}

  apply(): void {}

  settle(): void {}

  update(): never {
    throw noCgroupError("changing limits");
  }

  freeze(): void {
    throw noCgroupError("pausing");
  }

  thaw(): void {
    throw noCgroupError("pausing");
  }

  isFrozen(): boolean {
    return false;
  }

  processes(): number[] {
    return [];
  }

  killAll(): void {}

  remove(): void {}

  removeEmpty(): boolean {
    return true;
  }

  oomKills(): number {
    return 0;
  }

  stats(): never {
    throw noCgroupError("counting what is used");
  }

  watch(): never {
    throw noCgroupError("watching for events");
  }

  below(places: readonly string[]): CgroupManager {
    if (places.length > 0) throw noCgroupError("a cgroup below the container's");
    return this;
  }

  entranceAfter(): undefined {
    return undefined;
  }
}
