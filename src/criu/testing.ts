// SPDX-License-Identifier: Apache-2.0
/** What the unit tests of this room share. Not part of the program. */
import type { MountPlan, RootfsPlan } from "../plan/types.ts";

const mount: MountPlan = {
  index: 0,
  kind: "bind",
  destination: "/",
  type: "",
  source: "",
  recursiveBind: false,
  set: [],
  clear: [],
  recursiveSet: [],
  recursiveClear: [],
  propagation: [],
  data: [],
  tmpcopyup: false,
  sourceNoFollow: false,
  destinationNoFollow: false,
  copySymlink: false,
  idmap: undefined,
  label: undefined,
};

/** A root file system with these mounts. */
export function hostRootfs(mounts: readonly Partial<MountPlan>[]): RootfsPlan {
  return {
    path: "/srv/box/rootfs",
    readonly: false,
    propagation: { type: "private", recursive: true },
    mounts: mounts.map((changes) => ({ ...mount, ...changes })),
    devices: [],
    bindDevices: false,
    setUpDev: true,
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: [],
    noPivot: false,
    rootUid: 0,
    rootGid: 0,
    mountLabel: undefined,
    ownMountNamespace: true,
    ownCgroupNamespace: true,
    ownNetworkNamespace: true,
  };
}
