// SPDX-License-Identifier: Apache-2.0
/** `update`: new limits for a running container, all or nothing. */
import { readTextFile } from "../bundle/text-file.ts";
import type { CgroupManager } from "../cgroup/manager.ts";
import { changeGroupSchemata } from "../intel-rdt/group.ts";
import { planUpdate } from "../plan/update.ts";
import { readUpdateFlags, type UpdateFlagValues } from "../plan/update-flags.ts";
import { stringifyJson } from "../spec/json.ts";
import type { Resources } from "../spec/types.ts";
import { parseConfig, parseResources } from "../spec/validate.ts";
import { openFiles, readResources, stageResources } from "../store/files.ts";
import { readConfigCopy } from "../store/state-file.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { lockContainer } from "./lock.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { lockedStatusOf } from "./status.ts";

export interface UpdateOptions {
  /** A file with a resources object, "-" for standard input; then the flags do not count. */
  readonly resources: string | undefined;
  readonly flags: UpdateFlagValues;
}

/**
 * Changes the limits of container `id`; what is not named stays as it is.
 *
 * Throws ContainerError "container-not-running", PlanError for limits that contradict each other, and what the kernel refuses:
 * then all limits are as before.
 */
export function updateContainer(context: RuntimeContext, id: string, options: UpdateOptions): void {
  using _lock = lockContainer(context.root, id);
  const record = loadRecord(context.root, id);
  if (lockedStatusOf(context.root, record) === "stopped") {
    throw new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running: it is stopped`);
  }
  const { resources, intelRdt } = readRequest(options);
  const plan = planUpdate(currentResources(context, record), resources, record.cgroup.mode);
  for (const warning of plan.warnings) context.log.warn(warning);
  if (intelRdt !== undefined && record.intelRdt === undefined) {
    throw new ContainerError("unsupported", "the container has no resctrl group: linux.intelRdt was not in its config");
  }
  // What can fail for want of room comes first; what is left of it is part of the change, and undone with it.
  using files = openFiles(context.root, id);
  const keep = stageResources(files, stringifyJson(plan.merged));
  const takeBack =
    intelRdt !== undefined && record.intelRdt !== undefined ? changeGroupSchemata(record.intelRdt, intelRdt) : undefined;
  let accepted: ReturnType<CgroupManager["update"]>;
  try {
    accepted = openManager(record).update(plan.apply, keep);
  } catch (error) {
    takeBack?.();
    throw error;
  }
  for (const { field, file, asked, value } of accepted) {
    context.log.debug(`${field}: ${JSON.stringify(asked)} to ${file}, which reads ${JSON.stringify(value)}`);
  }
}

function readRequest({ resources, flags }: UpdateOptions): ReturnType<typeof readUpdateFlags> {
  if (resources === undefined) return readUpdateFlags(flags);
  const name = resources === "-" ? "standard input" : resources;
  return { resources: parseResources(readTextFile(resources), name), intelRdt: undefined };
}

/** What the last update left, or what the container was created with. */
function currentResources(context: RuntimeContext, record: ContainerRecord): Resources {
  const updated = readResources(context.root, record.id);
  if (updated !== undefined) return parseResources(updated, "resources.json");
  return parseConfig(readConfigCopy(context.root, record.id)).linux?.resources ?? {};
}
