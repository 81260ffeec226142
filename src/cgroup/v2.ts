// SPDX-License-Identifier: Apache-2.0
/** A container's cgroup in the unified hierarchy. Documentation/admin-guide/cgroup-v2.rst */
import { describe, isErrno, within } from "../linux/errors.ts";
import { readFile, readFileIfAny, writeFile } from "../linux/file.ts";
import { parseCgroup, unifiedPath } from "../linux/proc/cgroup.ts";
import { sleep } from "../linux/time.ts";
import type { DeviceCgroupRule, Resources } from "../spec/types.ts";
import { parsePlace, pathsBelow } from "./below.ts";
import { attachRules, isForbidden } from "./devices/attach.ts";
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
  tryRemoveCgroup,
} from "./directory.ts";
import { noCgroupError } from "./disabled.ts";
import { entrance, entranceByClone, entranceByItself, type Entrance, type EntranceWay } from "./entrance.ts";
import { joinPath } from "./hierarchies.ts";
import { systemdHierarchy } from "./places.ts";
import { killCgroup, killEach, killUntilEmpty } from "./kill.ts";
import type { Birth, CgroupManager, SavedCgroup, VisibleHierarchy } from "./manager.ts";
import type { CgroupStats } from "./stats/types.ts";
import { v2Stats } from "./stats/v2.ts";
import { enableControllers } from "./v2/controllers.ts";
import { delegateTo } from "./v2/delegate.ts";
import { checkUsage } from "./v2/usage.ts";
import { neededControllers, v2Settings } from "./v2/settings.ts";
import { type CgroupWatch, watchV2 } from "./watch.ts";
import { type Accepted, changeSettings, writeSettings } from "./write.ts";

/** How long the kernel may take to stop the last process of a cgroup that is frozen. */
const freezeMs = 10_000;

export class V2Manager implements CgroupManager {
  readonly #saved: SavedCgroup;
  readonly #path: string;
  readonly #mountPoint: string;
  /** In the hierarchy of systemd, or nowhere. */
  readonly #named: readonly string[];
  readonly #birth: Birth | undefined;
  /** Directories that create() made. */
  #made: readonly string[] = [];
  /** Whether the cgroup is this container's: since create(), or because the record says so. */
  #own: boolean;
  /** Whether the cgroup is new, and nobody has put device rules on it. */
  #fresh = false;
  /** Between apply() and settle(): the rules, and whether controllers that nobody asked a limit of are still to be enabled. */
  #unsettled: { readonly deviceRules: readonly DeviceCgroupRule[]; readonly accounting: boolean } | undefined;
  /** A container that needs no cgroup goes without one that cannot be made. */
  #absent = false;

  constructor(saved: SavedCgroup, mountPoint: string, birth?: Birth) {
    this.#saved = saved;
    this.#path = saved.paths[""] ?? mountPoint;
    this.#mountPoint = mountPoint;
    const named = saved.paths[systemdHierarchy];
    this.#named = named === undefined ? [] : [named];
    this.#birth = birth;
    this.#own = birth === undefined && saved.unsettled !== true;
  }

  saved(): SavedCgroup {
    return this.#absent ? { ...this.#saved, paths: {} } : this.#saved;
  }

  hierarchies(): readonly VisibleHierarchy[] {
    const path = this.#absent ? undefined : this.#path;
    const unified = { version: 2, name: "unified", mountPoint: this.#mountPoint, path } as const;
    return this.#named.length === 0 ? [unified] : [unified, ...this.#named.map((named) => asVisible(named))];
  }

  /** All controllers share it. */
  directoryOf(): string | undefined {
    return this.#absent ? undefined : this.#path;
  }

  create(): void {
    try {
      within(
        `make cgroup ${JSON.stringify(this.#path)}`,
        () => {
          this.#make();
        },
        makeHints,
      );
    } catch (error) {
      if (this.#birth?.plan.required !== false || !isForbidden(error)) throw error;
      this.#birth.warn(`the container goes without a cgroup of its own: ${describe(error)}`);
      this.#absent = true;
    }
    this.#fresh = this.#made.includes(this.#path);
    if (!this.#fresh && !this.#absent) this.refuseInUse();
    this.#own = true;
  }

  /** Takes the cgroup for the container's own, without a check: systemd has made it. */
  adopt(): void {
    this.#make();
    this.#own = true;
    this.#fresh = true;
  }

  /** Throws when the cgroup holds processes or is frozen. */
  refuseInUse(): void {
    refuseProcesses(this.#path);
    if (this.isFrozen()) refuseFrozen(this.#path);
  }

  entrance(way: EntranceWay = "born"): Entrance {
    if (this.#absent) return entrance({});
    const path = this.#birth === undefined ? (this.#saved.delegated ?? this.#path) : this.#path;
    return this.#named.length === 0 && way === "born" ? entranceByClone(path) : entranceByItself(this.#named, path, way);
  }

  addProcess(pid: number): void {
    if (!this.#absent) for (const path of this.#paths()) moveProcess(path, pid);
  }

  #make(): void {
    for (const path of this.#paths()) this.#made = [...this.#made, ...makeCgroup(path)];
  }

  /** With the hierarchy of systemd, where the container has a place in that. */
  #paths(): string[] {
    return [...this.#named, this.#path];
  }

  apply(resources: Resources, deviceRules: readonly DeviceCgroupRule[]): void {
    if (this.#absent) return;
    const settings = v2Settings(resources);
    const needed = neededControllers(settings);
    const owner = this.#birth?.plan.ownerUid;
    this.#unsettled = { deviceRules, accounting: needed.length === 0 && owner === undefined };
    if (!this.#unsettled.accounting) enableControllers(this.#path, this.#mountPoint, needed);
    writeSettings(settings, () => this.#path);
    if (owner !== undefined) delegateTo(this.#path, owner);
  }

  settle(): void {
    if (this.#absent || this.#unsettled === undefined) return;
    const { deviceRules, accounting } = this.#unsettled;
    this.#unsettled = undefined;
    if (accounting) enableControllers(this.#path, this.#mountPoint, []);
    this.#applyDevices(deviceRules);
  }

  /** Who is not root on the host can make no device nodes, and what is bind-mounted keeps the host's permissions. */
  #applyDevices(rules: readonly DeviceCgroupRule[]): void {
    try {
      attachRules(this.#path, rules, this.#fresh);
    } catch (error) {
      const facts = this.#birth?.facts;
      const powerless = facts !== undefined && (facts.euid !== 0 || facts.inUserNamespace);
      if (!powerless || !isForbidden(error)) throw error;
    }
  }

  update(resources: Resources, commit?: () => void): readonly Accepted[] {
    const settings = v2Settings(resources);
    checkUsage(this.#path, resources.memory);
    enableControllers(this.#path, this.#mountPoint, neededControllers(settings));
    return changeSettings(settings, () => this.#path, commit);
  }

  freeze(): void {
    try {
      this.#setFrozen(true);
    } catch (error) {
      if (!isErrno(error)) this.#setFrozen(false);
      throw error;
    }
  }

  thaw(): void {
    this.#setFrozen(false);
  }

  #setFrozen(frozen: boolean): void {
    if (readFileIfAny(`${this.#path}/cgroup.freeze`) === undefined) throw noCgroupError("pausing");
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
    return this.#own ? allProcesses(this.#path) : [];
  }

  killAll(): void {
    killUntilEmpty({
      processes: () => this.processes(),
      strike: () => {
        if (!killCgroup(this.#path)) killEach(() => this.processes());
      },
    });
  }

  remove(): void {
    within(`remove cgroup ${JSON.stringify(this.#path)}`, () => {
      if (this.#saved.unsettled === true) removeMade([this.#path]);
      const mayRemove = this.#own && (this.#birth === undefined || this.#made.includes(this.#path));
      if (mayRemove) this.#paths().forEach(removeCgroup);
      removeMade(this.#made);
    });
  }

  removeEmpty(): boolean {
    return this.#named.length === 0 && tryRemoveCgroup(this.#path);
  }

  oomKills(): number {
    const events = readFileIfAny(`${this.#path}/memory.events`) ?? "";
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  }

  stats(): CgroupStats {
    return v2Stats(this.#path);
  }

  watch(): CgroupWatch {
    return watchV2(this.#path);
  }

  /**
   * Beside init. A container that makes cgroups of its own gives its controllers to them, and then the kernel lets no process into
   * the container's own cgroup.
   */
  entranceAfter(error: unknown, init: number): Entrance | undefined {
    if (!isErrno(error, "EBUSY")) return undefined;
    const path = unifiedPath(parseCgroup(readFile(`/proc/${init}/cgroup`)));
    return path === undefined ? undefined : entranceByClone(joinPath(this.#mountPoint, path));
  }

  below(places: readonly string[]): CgroupManager {
    if (places.length === 0) return this;
    const paths = pathsBelow(
      { "": this.#path },
      places.map((place) => parsePlace(place, false)),
    );
    requireCgroups(paths);
    return new V2Manager({ ...this.#saved, paths, delegated: undefined }, this.#mountPoint);
  }
}

function asVisible(path: string): VisibleHierarchy {
  return { version: 1, name: "systemd", mountPoint: path, path };
}
