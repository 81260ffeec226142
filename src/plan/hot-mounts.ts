// SPDX-License-Identifier: Apache-2.0
/** `mounts`: what is mounted into a container that is there already, or taken out of it. */
import type { Config, Mount } from "../spec/types.ts";
import { quote, Report } from "./errors.ts";
import { planNamespaces, readNamespaces } from "./namespaces.ts";
import { planRootfs } from "./rootfs.ts";
import type { HostFacts, MountPlan, NamespacesPlan, RootfsPlan } from "./types.ts";

export interface HotMountsPlan {
  /** The container's root with these mounts instead of those of its config. */
  readonly rootfs: RootfsPlan;
  readonly namespaces: NamespacesPlan;
}

/** Decides mounts for a running container of this config. Throws PlanError with every problem found. */
export function planHotMounts(config: Config, mounts: readonly Mount[], facts: HostFacts, bundle: string): HotMountsPlan {
  const report = new Report();
  const past = new Report(); // what create found odd about the rest is no news
  const isolations = readNamespaces(config, past);
  if (!isolations.isOwn("mount")) {
    report.refuse("linux.namespaces", "has no mount namespace: a mount for the container would be one of the host");
    report.throwIfRefused();
  }
  const namespaces = planNamespaces(config, isolations, facts, past);
  const rootfs = planRootfs({ ...config, mounts }, { bundle, noPivot: false, isolations, facts }, report);
  for (const mount of rootfs.mounts) checkHot(mount, report);
  report.throwIfRefused();
  // A /dev that is there is not to be filled again.
  return { rootfs: { ...rootfs, setUpDev: false }, namespaces };
}

function checkHot({ index, kind, destination, copySymlink }: MountPlan, report: Report): void {
  const at = `mounts[${index}]`;
  if (kind === "cgroup") report.refuse(`${at}.type`, "is a cgroup file system, which only create mounts");
  if (kind === "remount") report.refuse(`${at}.options`, 'has "remount", and only new mounts are added');
  if (copySymlink) report.refuse(`${at}.options`, 'has "copy-symlink", which mounts nothing');
  if (destination === "/") report.refuse(`${at}.destination`, `is ${quote(destination)}, the root file system itself`);
}
