// SPDX-License-Identifier: Apache-2.0
/** `mounts` of the config, in their order. */
import { failedWithin } from "../linux/errors.ts";
import { setUmask } from "../linux/identity.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";
import { mountBind } from "./bind.ts";
import { mountCgroup } from "./cgroup.ts";
import { mountNew } from "./new-filesystem.ts";
import { remount } from "./remount.ts";
import type { MountContext, Root } from "./root.ts";

type Mounter = (root: Root, mount: MountPlan, plan: RootfsPlan, context: MountContext) => void;

const MOUNTERS: Readonly<Record<MountPlan["kind"], Mounter>> = {
  new: mountNew,
  bind: (root, mount, _plan, context) => mountBind(root, mount, context),
  remount,
  cgroup: mountCgroup,
};

/** `mount "proc" on "/proc"`, `bind "/srv" on "/data"`, `remount "/"`. */
export function mountClause({ kind, type, source, destination }: MountPlan): string {
  if (kind === "remount") return `remount ${JSON.stringify(destination)}`;
  const what = kind === "bind" ? source : type;
  return `${kind === "bind" ? "bind" : "mount"} ${JSON.stringify(what)} on ${JSON.stringify(destination)}`;
}

/**
 * In init, as root of the container's user namespace, after openRootfs(), before pivotInto(): makes all the mounts of the plan.
 * Host paths (bind sources, the cgroup hierarchies) must still be in reach.
 */
export function mountAll(root: Root, plan: RootfsPlan, context: MountContext): void {
  const before = setUmask(0); // device nodes are made together with /dev, with exactly their modes
  try {
    for (const mount of plan.mounts) {
      try {
        if (mount.kind !== "remount") root.coverKernels(mount.destination);
        MOUNTERS[mount.kind](root, mount, plan, context);
      } catch (cause) {
        throw failedWithin(mountClause(mount), cause, {
          EACCES: "the container's root makes mount points, as linux.uidMappings maps him: he must have the right to",
        });
      }
    }
  } finally {
    setUmask(before);
  }
}
