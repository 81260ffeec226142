// SPDX-License-Identifier: Apache-2.0
/** A container's cgroup made by systemd, as a scope: systemd knows of it, and what it has no property for is written to the files. */
import { isErrno, within } from "../../linux/errors.ts";
import { readFileIfAny } from "../../linux/file.ts";
import { sleep } from "../../linux/time.ts";
import type { HostFacts, Variables } from "../../plan/types.ts";
import type { DeviceCgroupRule, Resources } from "../../spec/types.ts";
import { entrance, type Entrance, type EntranceWay } from "../entrance.ts";
import { joinPath } from "../hierarchies.ts";
import type { Birth, CgroupManager, SavedCgroup, VisibleHierarchy } from "../manager.ts";
import { unifiedMountPoint, v1Places, v2Places } from "../places.ts";
import type { CgroupStats } from "../stats/types.ts";
import { V1Manager } from "../v1.ts";
import { V2Manager } from "../v2.ts";
import type { CgroupWatch } from "../watch.ts";
import type { Accepted } from "../write.ts";
import { systemAddresses, userAddresses } from "./address.ts";
import { NoBusError } from "./bus.ts";
import { deviceProperties } from "./devices.ts";
import { resourceProperties } from "./properties.ts";
import { defaultPeriod, type Property } from "./property.ts";
import { agreedQuota } from "./quota.ts";
import { isTaken, Systemd } from "./systemd.ts";
import { annotatedProperties, scopeProperties } from "./scope.ts";
import { parseUnitName, unitCgroup, type UnitName } from "./unit.ts";
import { updateUnit } from "./update.ts";

/** The kernel holds back news of a cgroup for 10 ms when there were others just before. */
const noticeMs = 50;

/** The manager for a container that is about to be made. Asks a user's systemd where its cgroups are. */
export function createSystemdManager(birth: Birth, environ: Variables): CgroupManager {
  const { plan, facts } = birth;
  const isUser = ofUser(facts);
  const bus = isUser ? userAddresses(environ) : systemAddresses;
  const name = parseUnitName(plan.path, isUser ? "user.slice" : "system.slice");
  const root = isUser ? within("cgroup manager systemd", () => controlGroupOf(bus)) : "/";
  const path = joinPath(root, unitCgroup(name), plan.subgroup ?? "");
  const saved = { manager: plan.manager, mode: facts.cgroupMode, unit: name.unit, bus };
  if (facts.cgroupMode === "v2") {
    const place = { ...saved, ...v2Places(path, plan) };
    return new SystemdManager(place, new V2Manager(place, unifiedMountPoint, birth), { birth, name });
  }
  const { paths, visible } = v1Places(path, false);
  const place = { ...saved, paths };
  return new SystemdManager(place, new V1Manager(place, visible, birth), { birth, name });
}

/** Whether it is a user's systemd that is asked. It may not limit devices. */
function ofUser({ euid, inUserNamespace }: HostFacts): boolean {
  return euid !== 0 || inUserNamespace;
}

function controlGroupOf(bus: readonly string[]): string {
  using systemd = new Systemd(bus);
  return systemd.controlGroup();
}

/** The manager of a container that is there; `files` is that of its cgroup's files. */
export function systemdManagerOf(saved: SavedCgroup, files: V1Manager | V2Manager): CgroupManager {
  return new SystemdManager(saved, files, undefined);
}

interface Making {
  readonly birth: Birth;
  readonly name: UnitName;
}

interface Limits {
  readonly resources: Resources;
  readonly deviceRules: readonly DeviceCgroupRule[];
}

class SystemdManager implements CgroupManager {
  readonly #saved: SavedCgroup;
  readonly #files: V1Manager | V2Manager;
  readonly #making: Making | undefined;
  readonly #unit: string;
  /** Kept until there is a process: systemd makes no scope without one. */
  #limits: Limits = { resources: {}, deviceRules: [] };
  #started: boolean;

  constructor(saved: SavedCgroup, files: V1Manager | V2Manager, making: Making | undefined) {
    this.#saved = saved;
    this.#files = files;
    this.#making = making;
    this.#unit = saved.unit ?? "";
    this.#started = making === undefined && saved.unsettled !== true;
  }

  saved(): SavedCgroup {
    return this.#saved;
  }

  hierarchies(): readonly VisibleHierarchy[] {
    return this.#files.hierarchies();
  }

  #systemd(): Systemd {
    return within("cgroup manager systemd", () => new Systemd(this.#saved.bus ?? systemAddresses));
  }

  /** Only looks: the scope comes with its first process. */
  create(): void {
    this.#files.refuseInUse();
  }

  apply(resources: Resources, deviceRules: readonly DeviceCgroupRule[]): void {
    this.#limits = { resources: agreedQuota(resources, () => defaultPeriod), deviceRules };
  }

  /** All is set when the scope is made. */
  settle(): void {}

  entrance(way: EntranceWay = "born"): Entrance {
    if (this.#making === undefined) return this.#files.entrance(way);
    return entrance({
      admit: (pid) => {
        this.addProcess(pid);
      },
    });
  }

  /** The first process comes with the scope. */
  addProcess(pid: number): void {
    if (this.#making !== undefined && !this.#started) this.#start(this.#making, pid);
    else this.#files.addProcess(pid);
  }

  #start({ birth, name }: Making, pid: number): void {
    const v2 = this.#saved.mode === "v2";
    const { subgroup, systemdHierarchy } = birth.plan;
    const isPlaced = v2 && !this.#unit.endsWith(".slice") && subgroup === undefined && !systemdHierarchy;
    const { resources, deviceRules } = this.#limits;
    const properties: Property[] = [
      ...scopeProperties(name, pid, v2),
      ...resourceProperties(resources, v2),
      ...(ofUser(birth.facts) ? [] : deviceProperties(deviceRules, readFileIfAny("/proc/devices") ?? "", v2)),
      ...annotatedProperties(birth.plan.systemdProperties),
    ];
    using systemd = this.#systemd();
    try {
      systemd.startTransient(this.#unit, properties);
    } catch (error) {
      this.#started = !isTaken(error); // of what failed half way something may be left to be stopped
      throw error;
    }
    this.#started = true;
    this.#files.adopt();
    // systemd has put it into the unit's own cgroup, in the hierarchies that it has; a slice takes no process from it at all.
    if (!isPlaced) this.#files.addProcess(pid);
    this.#files.apply(resources, deviceRules);
    this.#files.settle();
  }

  update(resources: Resources, commit?: () => void): readonly Accepted[] {
    const unit = { name: this.#unit, v2: this.#saved.mode === "v2", files: this.#files, systemd: () => this.#systemd() };
    return updateUnit(unit, resources, commit);
  }

  freeze(): void {
    this.#files.freeze();
  }

  thaw(): void {
    this.#files.thaw();
  }

  isFrozen(): boolean {
    return this.#files.isFrozen();
  }

  processes(): number[] {
    return this.#files.processes();
  }

  killAll(): void {
    this.#files.killAll();
  }

  remove(): void {
    if (this.#started) this.#stop();
    this.#files.remove();
  }

  /** The unit goes first. */
  removeEmpty(): boolean {
    return false;
  }

  /**
   * Without a systemd the cgroup is all that is left, and it is empty by now. One that only we cannot reach learns of that from the
   * kernel, which tells it some time later, and not at all when the cgroup is gone by then.
   */
  #stop(): void {
    try {
      using systemd = this.#systemd();
      systemd.stop(this.#unit);
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof NoBusError)) throw error;
      sleep(noticeMs);
    }
  }

  oomKills(): number {
    return this.#files.oomKills();
  }

  stats(): CgroupStats {
    return this.#files.stats();
  }

  watch(): CgroupWatch {
    return this.#files.watch();
  }

  below(places: readonly string[]): CgroupManager {
    return places.length === 0 ? this : this.#files.below(places);
  }

  /** A user may not move a process out of a session's cgroup; systemd may. */
  entranceAfter(error: unknown, init: number): Entrance | undefined {
    if (!isErrno(error, "EACCES") || this.#making !== undefined) return this.#files.entranceAfter(error, init);
    return entrance({
      admit: (pid) => {
        using systemd = this.#systemd();
        systemd.attach(this.#unit, pid);
      },
    });
  }
}
