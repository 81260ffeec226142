// SPDX-License-Identifier: Apache-2.0
/** `mounts`: mounting into a container that is there, and unmounting. */
import { readTextFile } from "../bundle/text-file.ts";
import { gatherFacts } from "../host/facts.ts";
import { idmapUserNamespace } from "../namespaces/idmap-namespace.ts";
import { type HotMountsPlan, planHotMounts } from "../plan/hot-mounts.ts";
import type { HostFacts, NamespaceType } from "../plan/types.ts";
import { addMounts, removeMounts } from "../rootfs/hot-mounts.ts";
import { openAllSources } from "../rootfs/sources.ts";
import { parseMountList } from "../spec/mount-list.ts";
import { parseConfig } from "../spec/validate.ts";
import { readConfigCopy } from "../store/state-file.ts";
import type { RuntimeContext } from "./context.ts";
import { lockContainer } from "./lock.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { visitContainer } from "./visit.ts";

/** Those that a mount is made in; sysfs and mqueue show the network and ipc namespace of whoever mounts them. */
const namespaces: readonly NamespaceType[] = ["user", "mount", "network", "ipc"];

/**
 * Makes the mounts that `file` lists ("-": standard input) in container `id`, all or none.
 *
 * Throws ContainerError "container-not-running", SpecError, PlanError, and what the kernel refuses.
 */
export function addContainerMounts(context: RuntimeContext, id: string, file: string): void {
  using _lock = lockContainer(context.root, id);
  const record = loadRecord(context.root, id);
  const facts = gatherFacts();
  const plan = planFile(context, record, file, facts);
  const sources = openAllSources(plan.rootfs.mounts, {
    idmapUserNamespace: (idmap) => idmapUserNamespace(idmap, plan.namespaces),
  });
  try {
    visitContainer(context, record, {
      namespaces,
      keep: [...sources.values()].map(({ number }) => number),
      body: (warn) => {
        addMounts(plan.rootfs, { cgroupMode: facts.cgroupMode, cgroups: [], rootless: facts.euid !== 0, sources, warn });
      },
    });
  } finally {
    for (const source of sources.values()) source.close();
  }
}

/** Unmounts what is on the destinations that `file` lists. Throws as addContainerMounts(). */
export function removeContainerMounts(context: RuntimeContext, id: string, file: string): void {
  using _lock = lockContainer(context.root, id);
  const record = loadRecord(context.root, id);
  const { rootfs } = planFile(context, record, file, gatherFacts());
  visitContainer(context, record, {
    namespaces,
    keep: [],
    body: () => {
      removeMounts(rootfs.mounts);
    },
  });
}

function planFile(context: RuntimeContext, record: ContainerRecord, file: string, facts: HostFacts): HotMountsPlan {
  const mounts = parseMountList(readTextFile(file), file === "-" ? "standard input" : file);
  const config = parseConfig(readConfigCopy(context.root, record.id));
  return planHotMounts(config, mounts, facts, record.bundle);
}
