// SPDX-License-Identifier: Apache-2.0
/** Finding the cgroup of a container: decided once at create, and found again from the record by every later command. */
import type { CgroupPlan, HostFacts, Variables } from "../plan/types.ts";
import { NoCgroup } from "./disabled.ts";
import type { Birth, CgroupManager, SavedCgroup } from "./manager.ts";
import { unifiedMountPoint, v1Places, v2Path, v2Places } from "./places.ts";
import { createSystemdManager, systemdManagerOf } from "./systemd/manager.ts";
import { V1Manager } from "./v1.ts";
import { V2Manager } from "./v2.ts";

export interface OpenOptions {
  /** For what is not as asked for and can be done without. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Where a user's systemd is found. */
  readonly environ?: Variables | undefined;
}

/** The manager for a container that is about to be made. Nothing is touched yet. */
export function createManager(plan: CgroupPlan, facts: HostFacts, options: OpenOptions = {}): CgroupManager {
  const birth: Birth = { plan, facts, warn: options.warn ?? (() => undefined) };
  const { manager, path, relative } = plan;
  if (manager === "disabled") return new NoCgroup({ manager, mode: facts.cgroupMode, paths: {} });
  if (manager === "systemd") return createSystemdManager(birth, options.environ ?? new Map());
  if (facts.cgroupMode === "v2") {
    return new V2Manager({ manager, mode: "v2", ...v2Places(v2Path(path, relative), plan) }, unifiedMountPoint, birth);
  }
  const { paths, visible } = v1Places(path, relative);
  return new V1Manager({ manager, mode: facts.cgroupMode, paths }, visible, birth);
}

/** The manager of a container that is there. */
export function managerOf(saved: SavedCgroup): CgroupManager {
  // Nor has a container a cgroup that a user could not make and did not need.
  if (saved.manager === "disabled" || Object.keys(saved.paths).length === 0) return new NoCgroup(saved);
  const manager = saved.mode === "v2" ? new V2Manager(saved, unifiedMountPoint) : new V1Manager(saved);
  return saved.unit === undefined ? manager : systemdManagerOf(saved, manager);
}
