// SPDX-License-Identifier: Apache-2.0
/** `linux.cgroupsPath` and `linux.resources`: where the container's cgroup is and what it limits. */
import type { Config, Resources } from "../spec/types.ts";
import { checkControllers } from "./controllers.ts";
import { planDelegate, planSubgroup } from "./cgroup-places.ts";
import { planDeviceRules } from "./device-rules.ts";
import { quote, type Report } from "./errors.ts";
import { mapToHost, type Isolations } from "./namespaces.ts";
import { cleanPath } from "./paths.ts";
import { checkResources, hasLimits } from "./resources.ts";
import { planSystemdProperties } from "./systemd-properties.ts";
import type { CgroupPlan, HostFacts, MountPlan } from "./types.ts";

export interface CgroupContext {
  readonly id: string;
  readonly manager: CgroupPlan["manager"];
  /** A cgroup that cannot be made is tolerated, if nothing is limited. */
  readonly rootless: boolean;
  readonly isolations: Isolations;
  readonly facts: HostFacts;
  readonly mounts: readonly MountPlan[];
}

const noResources: Resources = {};

export function planCgroup(config: Config, context: CgroupContext, report: Report): CgroupPlan {
  const { facts, manager } = context;
  const resources = config.linux?.resources ?? noResources;
  checkResources(resources, facts.cgroupMode, "linux.resources", report);
  // On cgroup v1 the missing hierarchy shows by itself, and the mount table need not be read.
  if (manager !== "disabled") {
    if (facts.cgroupMode === "v2") checkControllers(resources, facts, report);
  } else if (hasLimits(resources)) report.warn("linux.resources", "is ignored, because cgroups are disabled");
  const path = planPath(config.linux?.cgroupsPath ?? "", context, report);
  const uid = hostUid(config, context);
  const places = { manager, mode: facts.cgroupMode, uid };
  return {
    manager,
    path,
    relative: manager === "cgroupfs" && !path.startsWith("/"),
    resources,
    deviceRules: planDeviceRules(resources.devices, report),
    required: manager !== "disabled" && (!context.rootless || hasLimits(resources)),
    ownerUid: mayOwn(context) ? uid : undefined,
    subgroup: planSubgroup(config, places, report),
    delegate: planDelegate(config, places, report),
    systemdHierarchy: context.mounts.some(({ type }) => type === "cgroup") && facts.cgroupMode === "v2",
    systemdProperties: manager === "systemd" ? planSystemdProperties(config.annotations, report) : [],
  };
}

/**
 * Where the config names no path, the cgroup is called as the container: at the root of the hierarchy for root, below the runtime's
 * own cgroup otherwise, because a user can write nowhere else.
 */
function planPath(path: string, context: CgroupContext, report: Report): string {
  if (context.manager === "disabled") return "";
  if (path.includes("\0")) report.refuse("linux.cgroupsPath", `is ${quote(path)}, and must not contain NUL`);
  const parts = path.split(":");
  if (context.manager === "systemd") {
    if (path === "") return `:runt:${context.id}`;
    if (parts.length !== 3 || parts[2] === "" || path.includes("/")) {
      const hint = "call without --systemd-cgroup, or let the engine use the systemd cgroup driver";
      report.refuse(
        "linux.cgroupsPath",
        `is ${quote(path)}, and must be "slice:prefix:name" for the systemd cgroup manager`,
        hint,
      );
    }
    return path;
  }
  if (parts.length === 3 && !path.includes("/")) {
    const hint = "call with --systemd-cgroup, or let the engine use the cgroupfs driver";
    report.refuse("linux.cgroupsPath", `is ${quote(path)}, which is for the systemd cgroup manager, and must be a path`, hint);
  }
  if (path === "") return context.rootless ? context.id : `/${context.id}`;
  return planFsPath(path, report);
}

/** `..` never climbs out: a relative path stays below the runtime's cgroup, an absolute one below the root. */
function planFsPath(path: string, report: Report): string {
  const clean = cleanPath(path);
  if (clean === "/") {
    report.refuse("linux.cgroupsPath", `is ${quote(path)}, and must name a cgroup below the root`);
  }
  return path.startsWith("/") ? clean : clean.slice(1);
}

/**
 * Whether the cgroup is given to the container's user. Four conditions, config-linux.md, "Cgroup ownership": cgroup v2, an own new
 * cgroup namespace, and a writable mount of the cgroups, called so, on /sys/fs/cgroup.
 */
function mayOwn({ facts, isolations, mounts }: CgroupContext): boolean {
  if (facts.cgroupMode !== "v2" || !isolations.isNew("cgroup")) return false;
  return mounts.some(
    ({ kind, source, destination, set }) =>
      kind === "cgroup" && source === "cgroup" && destination === "/sys/fs/cgroup" && !set.includes("ro"),
  );
}

/** The container's user as the host knows it; undefined in a user namespace whose mapping is not known. */
function hostUid(config: Config, { isolations }: CgroupContext): number | undefined {
  const uid = config.process?.user.uid ?? 0;
  if (isolations.isNew("user")) return mapToHost(config.linux?.uidMappings ?? [], uid);
  return isolations.isOwn("user") ? undefined : uid;
}
