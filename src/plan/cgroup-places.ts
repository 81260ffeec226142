// SPDX-License-Identifier: Apache-2.0
/** Annotations that give a container's processes another place in the hierarchies than the cgroup that is limited. */
import type { Config } from "../spec/types.ts";
import { annotatedPath, annotation, annotationPlace, type AnnotationName } from "./annotations.ts";
import { quote, type Report } from "./errors.ts";
import { cleanPath } from "./paths.ts";
import type { CgroupMode, CgroupPlan } from "./types.ts";

export interface PlacesContext {
  readonly manager: CgroupPlan["manager"];
  readonly mode: CgroupMode;
  /** The container's user on the host. */
  readonly uid: number | undefined;
}

/** `run.oci.systemd.subgroup`: the container's cgroup, below that of its scope. */
export function planSubgroup(config: Config, { manager }: PlacesContext, report: Report): string | undefined {
  return manager === "systemd" ? cgroupBelow(config, "systemdSubgroup", report) : undefined;
}

/** `run.oci.delegate-cgroup`: the processes' cgroup, below that of the container, for them to rule. */
export function planDelegate(config: Config, { manager, mode, uid }: PlacesContext, report: Report): CgroupPlan["delegate"] {
  const name = cgroupBelow(config, "delegateCgroup", report);
  if (name === undefined) return undefined;
  const at = annotationPlace("delegateCgroup");
  if (manager === "disabled") report.refuse(at, `is ${quote(name)}, and cgroups are disabled`);
  else if (mode !== "v2") report.refuse(at, `is ${quote(name)}, and only cgroup v2 can be delegated`);
  return { name, uid };
}

function cgroupBelow(config: Config, annotated: AnnotationName, report: Report): string | undefined {
  const value = annotation(config, annotated);
  if (value === undefined) return undefined;
  const names = value.split("/").filter((name) => name !== "" && name !== ".");
  if (value.startsWith("/") || value.includes("\0") || names.includes("..") || names.length === 0)
    report.refuse(annotationPlace(annotated), `is ${quote(value)}, and must be the name of a cgroup below the container's`);
  return names.join("/");
}

/** `run.oci.systemd.force_cgroup_v1`: where an old systemd finds its own hierarchy. A host that is not v2 alone shows it anyway. */
export function planSystemdHierarchy(config: Config, mode: CgroupMode, report: Report): string | undefined {
  const path = annotatedPath(config, "forceCgroupV1", report);
  if (path === undefined || mode !== "v2") return undefined;
  const destination = cleanPath(path);
  if (config.mounts?.some((mount) => cleanPath(mount.destination) === destination) !== true)
    report.refuse(annotationPlace("forceCgroupV1"), `is ${quote(path)}, and mounts has nothing there`);
  return destination;
}
