// SPDX-License-Identifier: Apache-2.0
/** A container's cgroup in the unified hierarchy. Documentation/admin-guide/cgroup-v2.rst */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_PATH, openFile, readFileIfAny, writeFile } from "../linux/file.ts";
import { sleep } from "../linux/time.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";
import { allProcesses, makeCgroup, moveProcess, removeCgroup } from "./directory.ts";
import { killEach, killUntilEmpty } from "./kill.ts";
import type { CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";

/** How long the kernel may take to stop the last process of a cgroup that is frozen. */
const freezeMs = 10_000;

export class V2Manager implements CgroupManager {
  readonly #saved: SavedCgroup;
  readonly #path: string;
  readonly #mountPoint: string;

  constructor(saved: SavedCgroup, mountPoint: string) {
    this.#saved = saved;
    this.#path = saved.paths[""] ?? mountPoint;
    this.#mountPoint = mountPoint;
  }

  saved(): SavedCgroup {
    return this.#saved;
  }

  hierarchies(): readonly VisibleHierarchy[] {
    return [{ version: 2, name: "unified", mountPoint: this.#mountPoint, path: this.#path }];
  }

  create(): void {
    within(`make cgroup ${JSON.stringify(this.#path)}`, () => {
      if (makeCgroup(this.#path)) return;
      const count = this.processes().length;
      if (count > 0) throw new Error(`container's cgroup is not empty: ${count} process(es) found`);
      if (this.isFrozen()) throw new Error("container's cgroup is frozen");
    });
  }

  cloneTarget(): Fd {
    return openFile(this.#path, O_PATH | O_DIRECTORY);
  }

  /** Nothing to do: init is born in the cgroup. exec and restore move processes with moveProcess(). */
  addProcess(pid: number): void {
    moveProcess(this.#path, pid);
  }

  apply(_resources: Resources, _deviceRules: readonly DeviceCgroupRule[]): void {
    // filled in by the controllers
  }

  freeze(): void {
    this.#setFrozen(true);
  }

  thaw(): void {
    this.#setFrozen(false);
  }

  #setFrozen(frozen: boolean): void {
    writeFile(`${this.#path}/cgroup.freeze`, frozen ? "1" : "0");
    for (let waited = 0; this.#reached() !== frozen; waited++) {
      if (waited >= freezeMs)
        throw new Error(`cgroup ${JSON.stringify(this.#path)} is not ${frozen ? "frozen" : "thawed"} after ${freezeMs / 1000} s`);
      sleep(1);
    }
  }

  #reached(): boolean {
    return readFileIfAny(`${this.#path}/cgroup.events`)?.includes("frozen 1") ?? false;
  }

  isFrozen(): boolean {
    return readFileIfAny(`${this.#path}/cgroup.freeze`)?.startsWith("1") ?? false;
  }

  processes(): number[] {
    return allProcesses(this.#path);
  }

  killAll(): void {
    killUntilEmpty({
      processes: () => this.processes(),
      strike: (pids) => {
        this.#strike(pids);
      },
    });
  }

  #strike(pids: readonly number[]): void {
    try {
      writeFile(`${this.#path}/cgroup.kill`, "1");
    } catch (error) {
      if (!isErrno(error, "ENOENT", "EOPNOTSUPP", "EINVAL")) throw error; // Linux before 5.14, or a threaded cgroup
      killEach(pids);
    }
  }

  remove(): void {
    within(`remove cgroup ${JSON.stringify(this.#path)}`, () => {
      removeCgroup(this.#path);
    });
  }

  oomKills(): number {
    const events = readFileIfAny(`${this.#path}/memory.events`) ?? "";
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  }
}
