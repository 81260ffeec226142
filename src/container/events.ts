// SPDX-License-Identifier: Apache-2.0
/** `events`: statistics at intervals, OOM kills and the end of containers, a JSON object a line. */
import type { CgroupStats } from "../cgroup/stats/types.ts";
import type { CgroupWatch } from "../cgroup/watch.ts";
import { type IntelRdtStats, intelRdtStats } from "../intel-rdt/stats.ts";
import { waitForAny } from "../process/wait.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { statusOf } from "./status.ts";

export interface EventOptions {
  /** Milliseconds between two statistics. */
  readonly interval: number;
  /** One statistic of each container, and no more. */
  readonly once: boolean;
}

export interface ContainerEvent {
  readonly type: "stats" | "oom" | "lifecycle";
  readonly id: string;
  readonly data?: (CgroupStats & { readonly intel_rdt?: IntelRdtStats }) | { readonly status: "stopped" };
}

interface Watched {
  readonly record: ContainerRecord;
  readonly watch: CgroupWatch;
}

/**
 * Tells `emit` what happens to the containers until the last of them has ended.
 *
 * Throws ContainerError "container-not-found" or "container-not-running" for any of them before anything is told.
 */
export function watchEvents(
  context: RuntimeContext,
  ids: readonly string[],
  { interval, once }: EventOptions,
  emit: (event: ContainerEvent) => void,
): void {
  const records = ids.map((id) => runningRecord(context, id));
  const tellStats = (record: ContainerRecord): void => {
    const stats = openManager(record).stats();
    const data = record.intelRdt === undefined ? stats : { ...stats, intel_rdt: intelRdtStats(record.intelRdt) };
    emit({ type: "stats", id: record.id, data });
  };
  if (once) {
    records.forEach(tellStats);
    return;
  }
  let watched = records.map((record) => ({ record, watch: openManager(record).watch() }));
  watched.forEach(({ record }) => {
    tellStats(record);
  });
  while (watched.length > 0) {
    const something = waitForAny(
      watched.flatMap(({ watch }) => watch.requests()),
      interval,
    );
    watched = watched.filter((each) => isStillRunning(each, emit));
    if (!something) watched.forEach(({ record }) => tellUnlessGone(record, tellStats));
  }
}

/** Tells the news of one container; false when it has ended. */
function isStillRunning({ record, watch }: Watched, emit: (event: ContainerEvent) => void): boolean {
  const { ooms, ended } = watch.news();
  for (let count = 0; count < ooms; count++) emit({ type: "oom", id: record.id });
  if (!ended) return true;
  watch.close();
  emit({ type: "lifecycle", id: record.id, data: { status: "stopped" } });
  return false;
}

/** A container may be deleted between the look at it and the reading of its files: the next look tells. */
function tellUnlessGone(record: ContainerRecord, tell: (record: ContainerRecord) => void): void {
  if (openManager(record).processes().length > 0) tell(record);
}

function runningRecord(context: RuntimeContext, id: string): ContainerRecord {
  const record = loadRecord(context.root, id);
  const status = statusOf(context.root, record);
  if (status === "stopped" || status === "creating") {
    throw new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running: it is ${status}`);
  }
  return record;
}
