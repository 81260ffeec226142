// SPDX-License-Identifier: Apache-2.0
/** A container's cgroups in the hierarchies of cgroup v1: one directory in each. */
import { isErrno, within } from "../linux/errors.ts";
import { readFileIfAny, writeFile } from "../linux/file.ts";
import { sleep } from "../linux/time.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";
import { allProcesses, makeCgroup, moveProcess, removeCgroup } from "./directory.ts";
import { inheritCpuset } from "./cpuset-v1.ts";
import { killEach, killUntilEmpty } from "./kill.ts";
import type { CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";

const freezeMs = 10_000;

export class V1Manager implements CgroupManager {
  readonly #saved: SavedCgroup;
  readonly #hierarchies: readonly VisibleHierarchy[];

  constructor(saved: SavedCgroup, hierarchies: readonly VisibleHierarchy[]) {
    this.#saved = saved;
    this.#hierarchies = hierarchies;
  }

  saved(): SavedCgroup {
    return this.#saved;
  }

  hierarchies(): readonly VisibleHierarchy[] {
    return this.#hierarchies;
  }

  #paths(): string[] {
    return [...new Set(Object.values(this.#saved.paths))]; // controllers that are mounted together share one
  }

  #freezer(): string | undefined {
    return this.#saved.paths["freezer"];
  }

  create(): void {
    for (const path of this.#paths()) {
      within(`make cgroup ${JSON.stringify(path)}`, () => {
        if (makeCgroup(path)) {
          if (path === this.#saved.paths["cpuset"]) inheritCpuset(path, this.#mountPointOf(path));
          return;
        }
        const count = allProcesses(path).length;
        if (count > 0) throw new Error(`container's cgroup is not empty: ${count} process(es) found`);
        if (path === this.#freezer() && this.isFrozen()) throw new Error("container's cgroup is frozen");
      });
    }
  }

  #mountPointOf(path: string): string {
    return this.#hierarchies.find((hierarchy) => hierarchy.path === path)?.mountPoint ?? path;
  }

  cloneTarget(): undefined {
    return undefined;
  }

  addProcess(pid: number): void {
    for (const path of this.#paths()) moveProcess(path, pid);
  }

  apply(_resources: Resources, _deviceRules: readonly DeviceCgroupRule[]): void {
    // filled in by the controllers
  }

  freeze(): void {
    this.#setState("FROZEN");
  }

  thaw(): void {
    this.#setState("THAWED");
  }

  /** A process that forks just then can leave the freezer half way: the state is written again until it holds. */
  #setState(state: "FROZEN" | "THAWED"): void {
    const path = this.#freezer();
    if (path === undefined) throw new Error("pausing needs the freezer controller, which is not mounted on this host");
    for (let waited = 0; ; waited++) {
      writeFile(`${path}/freezer.state`, state);
      if (this.#state()?.startsWith(state) === true) return;
      if (waited >= freezeMs) throw new Error(`cgroup ${JSON.stringify(path)} is not ${state} after ${freezeMs / 1000} s`);
      sleep(1);
    }
  }

  #state(): string | undefined {
    const path = this.#freezer();
    return path === undefined ? undefined : readFileIfAny(`${path}/freezer.state`);
  }

  isFrozen(): boolean {
    return this.#state()?.startsWith("F") ?? false;
  }

  processes(): number[] {
    const path = this.#saved.paths["devices"] ?? this.#paths()[0];
    return path === undefined ? [] : allProcesses(path);
  }

  killAll(): void {
    killUntilEmpty({
      processes: () => this.processes(),
      strike: (pids) => {
        killEach(pids);
        if (this.isFrozen()) this.thaw();
      },
    });
  }

  remove(): void {
    for (const path of this.#paths()) {
      within(`remove cgroup ${JSON.stringify(path)}`, () => {
        removeCgroup(path);
      });
    }
  }

  oomKills(): number {
    const path = this.#saved.paths["memory"];
    if (path === undefined) return 0;
    try {
      const text = readFileIfAny(`${path}/memory.oom_control`) ?? "";
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
    } catch (error) {
      if (isErrno(error, "ENODEV")) return 0; // removed meanwhile
      throw error;
    }
  }
}
