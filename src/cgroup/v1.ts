// SPDX-License-Identifier: Apache-2.0
/** A container's cgroups in the hierarchies of cgroup v1: one directory in each. */
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { readFileIfAny } from "../linux/file.ts";
import { parsePlace, pathsBelow } from "./below.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";
import { isForbidden, writeRules } from "./devices/attach.ts";
import {
  allProcesses,
  makeCgroup,
  makeHints,
  moveProcess,
  refuseFrozen,
  refuseProcesses,
  removeCgroup,
  removeMade,
  requireCgroups,
} from "./directory.ts";
import { noCgroupError } from "./disabled.ts";
import { entranceByItself, type Entrance, type EntranceWay } from "./entrance.ts";
import { killCgroup, killEach, killUntilEmpty } from "./kill.ts";
import type { Birth, CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";
import type { CgroupStats } from "./stats/types.ts";
import { v1Stats } from "./stats/v1.ts";
import { inheritCpuset } from "./v1/cpuset.ts";
import { Freezer } from "./v1/freezer.ts";
import { v1Settings } from "./v1/settings.ts";
import { type CgroupWatch, watchV1 } from "./watch.ts";
import { type Accepted, changeSettings, writeSettings } from "./write.ts";

export class V1Manager implements CgroupManager {
  readonly #saved: SavedCgroup;
  readonly #hierarchies: readonly VisibleHierarchy[];
  readonly #birth: Birth | undefined;
  readonly #freezer: Freezer;
  /** Directories that create() made. */
  readonly #made: string[] = [];
  /** Directories that could not be made and are not needed. */
  readonly #absent = new Set<string>();
  /** Whether the cgroups are this container's: since create(), or because the record says so. */
  #own: boolean;

  constructor(saved: SavedCgroup, hierarchies: readonly VisibleHierarchy[] = [], birth?: Birth) {
    this.#saved = saved;
    this.#hierarchies = hierarchies;
    this.#birth = birth;
    this.#own = birth === undefined && saved.unsettled !== true;
    this.#freezer = new Freezer(saved.paths["freezer"]);
  }

  saved(): SavedCgroup {
    if (this.#absent.size === 0) return this.#saved;
    const paths = Object.fromEntries(Object.entries(this.#saved.paths).filter(([, path]) => !this.#absent.has(path)));
    return { ...this.#saved, paths };
  }

  hierarchies(): readonly VisibleHierarchy[] {
    return this.#hierarchies.filter(({ path }) => path === undefined || !this.#absent.has(path));
  }

  /** Controllers that are mounted together share a directory. */
  #paths(): string[] {
    return [...new Set(Object.values(this.#saved.paths))].filter((path) => !this.#absent.has(path));
  }

  /** A controller's directory, if there is one. */
  directoryOf(controller: string): string | undefined {
    const path = this.#saved.paths[controller];
    return path === undefined || this.#absent.has(path) ? undefined : path;
  }

  create(): void {
    for (const path of this.#paths()) {
      if (!this.make(path)) this.#refuseInUse(path);
    }
    if (this.#absent.size > 0) {
      this.#birth?.warn(
        `the container goes without cgroups of its own in ${[...this.#absent].join(", ")}, which this user may not make`,
      );
    }
    this.#own = true;
  }

  /** Makes one of the directories; false when it was there before. */
  make(path: string): boolean {
    try {
      return within(
        `make cgroup ${JSON.stringify(path)}`,
        () => {
          const made = makeCgroup(path);
          this.#made.push(...made);
          if (path === this.directoryOf("cpuset")) inheritCpuset(made, this.#mountPointOf(path));
          return made.length > 0;
        },
        makeHints,
      );
    } catch (error) {
      if (this.#birth?.plan.required !== false || !isForbidden(error)) throw error;
      this.#absent.add(path);
      return true;
    }
  }

  #refuseInUse(path: string): void {
    refuseProcesses(path);
    if (path === this.directoryOf("freezer") && this.isFrozen()) refuseFrozen(path);
  }

  /** Throws when one of the cgroups holds processes or is frozen. */
  refuseInUse(): void {
    for (const path of this.#paths()) this.#refuseInUse(path);
  }

  /** Takes the cgroups for the container's own, without a check: systemd has made some of them. */
  adopt(): void {
    for (const path of this.#paths()) this.make(path);
    this.#own = true;
  }

  #mountPointOf(path: string): string {
    return this.#hierarchies.find((hierarchy) => hierarchy.path === path)?.mountPoint ?? path;
  }

  entrance(way: EntranceWay = "born"): Entrance {
    const unified = this.directoryOf("");
    return entranceByItself(
      this.#paths().filter((path) => path !== unified),
      unified,
      way,
    );
  }

  addProcess(pid: number): void {
    for (const path of this.#paths()) moveProcess(path, pid);
  }

  apply(resources: Resources, deviceRules: readonly DeviceCgroupRule[]): void {
    if (isAsked(resources.memory?.kernel)) {
      this.#birth?.warn("linux.resources.memory.kernel is deprecated by the kernel and ignored");
    }
    writeSettings(v1Settings(resources), (controller) => this.directoryOf(controller));
    this.#applyDevices(deviceRules);
  }

  /** All is set: the rules are written one by one, and init would meet them half done. */
  settle(): void {}

  /** Who is not root on the host can make no device nodes, and what is bind-mounted keeps the host's permissions. */
  #applyDevices(rules: readonly DeviceCgroupRule[]): void {
    const facts = this.#birth?.facts;
    const powerless = facts !== undefined && (facts.euid !== 0 || facts.inUserNamespace);
    const directory = this.directoryOf("devices");
    if (directory === undefined) {
      if (powerless) return;
      throw new HintedError('limit devices: this host has no cgroup v1 hierarchy with the controller "devices"', {
        hint: 'mount it: "mount -t cgroup -o devices devices /sys/fs/cgroup/devices"',
      });
    }
    try {
      writeRules(directory, rules);
    } catch (error) {
      if (!powerless || !isForbidden(error)) throw error;
    }
  }

  update(resources: Resources, commit?: () => void): readonly Accepted[] {
    return changeSettings(v1Settings(resources), (controller) => this.directoryOf(controller), commit);
  }

  freeze(): void {
    this.#freezer.freeze();
  }

  thaw(): void {
    this.#freezer.thaw();
  }

  isFrozen(): boolean {
    return this.#freezer.isFrozen();
  }

  processes(): number[] {
    const path = this.directoryOf("devices") ?? this.#paths()[0];
    return path === undefined || !this.#own ? [] : allProcesses(path);
  }

  /** From the second round on the rest is held still, so that nothing is forked behind our back. */
  killAll(): void {
    killUntilEmpty({
      processes: () => this.processes(),
      strike: (round) => {
        if (round === 0 && this.#killAtOnce()) return;
        const hold = round > 0 && this.#freezer.hold();
        killEach(() => this.processes());
        if (hold || this.isFrozen()) this.#freezer.release();
      },
    });
  }

  /** In the v2 tree of a hybrid host the kernel kills all of them before one can fork. False where that cannot be. */
  #killAtOnce(): boolean {
    const unified = this.directoryOf("");
    return unified !== undefined && !this.isFrozen() && killCgroup(unified);
  }

  remove(): void {
    if (this.#saved.unsettled === true) removeMade(this.#paths());
    for (const path of this.#paths()) {
      if (!this.#own || (this.#birth !== undefined && !this.#made.includes(path))) continue;
      within(`remove cgroup ${JSON.stringify(path)}`, () => {
        removeCgroup(path);
      });
    }
    removeMade(this.#made);
  }

  /** There are several, and processes may have gone between them: they are looked at one by one. */
  removeEmpty(): boolean {
    return false;
  }

  oomKills(): number {
    const path = this.directoryOf("memory");
    if (path === undefined) return 0;
    try {
      const text = readFileIfAny(`${path}/memory.oom_control`) ?? "";
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
    } catch (error) {
      if (isErrno(error, "ENODEV")) return 0; // removed meanwhile
      throw error;
    }
  }

  stats(): CgroupStats {
    return v1Stats((controller) => this.directoryOf(controller));
  }

  watch(): CgroupWatch {
    const memory = this.directoryOf("memory");
    if (memory === undefined) throw noCgroupError("watching for events");
    return watchV1(memory, this.directoryOf(""), () => this.processes().length === 0);
  }

  entranceAfter(): undefined {
    return undefined;
  }

  below(places: readonly string[]): CgroupManager {
    if (places.length === 0) return this;
    const paths = pathsBelow(
      this.#saved.paths,
      places.map((place) => parsePlace(place, true)),
    );
    requireCgroups(paths);
    return new V1Manager({ ...this.#saved, paths });
  }
}

function isAsked(value: number | bigint | undefined): boolean {
  return value !== undefined && value > 0;
}
