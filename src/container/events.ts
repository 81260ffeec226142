// SPDX-License-Identifier: Apache-2.0
/** `events`: statistics at intervals, OOM kills and every new status of containers, a JSON object a line. */
import type { CgroupStats } from "../cgroup/stats/types.ts";
import type { CgroupWatch } from "../cgroup/watch.ts";
import { type IntelRdtStats, intelRdtStats } from "../intel-rdt/stats.ts";
import { type NetworkStats, networkStats } from "../namespaces/network-stats.ts";
import { openLivePidfd } from "../process/liveness.ts";
import type { Fd } from "../linux/fd.ts";
import type { PollRequest } from "../linux/poll.ts";
import { ticks, waitForAny, whenReadable } from "../process/wait.ts";
import { forgetChanges, watchContainers } from "../store/changes.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { lockedStatusOf, type Status, statusOf } from "./status.ts";

export interface EventOptions {
  /** Milliseconds between two statistics. */
  readonly interval: number;
  /** One statistic of each container, and no more. */
  readonly once: boolean;
}

export interface ContainerStats extends CgroupStats {
  readonly intel_rdt: IntelRdtStats;
  /** Of the container's network namespace; null where it has none of its own. */
  readonly network_interfaces: readonly NetworkStats[] | null;
}

export interface ContainerEvent {
  readonly type: "stats" | "oom" | "lifecycle";
  readonly id: string;
  readonly data?: ContainerStats | { readonly status: Status };
}

type Emit = (event: ContainerEvent) => void;

/**
 * Tells `emit` what happens to the containers until the last process of the last of them has ended.
 *
 * Throws ContainerError "container-not-found" or "container-not-running" for any of them before anything is told.
 */
export function watchEvents(context: RuntimeContext, ids: readonly string[], { interval, once }: EventOptions, emit: Emit): void {
  const records = [...new Set(ids)].map((id) => runningRecord(context, id));
  if (once) {
    for (const record of records) tellStats(record, emit);
    return;
  }
  using changes = watchContainers(context.root, ids);
  let watched = records.map((record) => new Watched(context, record));
  for (let due = ticks(); watched.length > 0;) {
    if (ticks() >= due) {
      for (const each of watched) each.tellStats(emit);
      due = ticks() + interval;
    }
    const requests = watched.flatMap((each) => each.requests());
    waitForAny([...requests, whenReadable(changes)], Math.max(0, due - ticks()));
    forgetChanges(changes);
    watched = watched.filter((each) => each.tellNews(emit));
  }
}

class Watched {
  readonly #root: string;
  readonly #record: ContainerRecord;
  readonly #cgroup: CgroupWatch;
  /** Of init: on cgroup v1 nothing else tells of its end. */
  readonly #pidfd: Fd | undefined;
  #status: Status;

  constructor({ root }: RuntimeContext, record: ContainerRecord) {
    this.#root = root;
    // Who holds the lock from here on works on a container that is there, and does not make it.
    this.#record = record;
    this.#cgroup = openManager(record).watch();
    this.#pidfd = openLivePidfd(record.pid, record.startTime);
    this.#status = lockedStatusOf(root, record);
  }

  requests(): readonly PollRequest[] {
    const init = this.#pidfd === undefined || this.#status === "stopped" ? [] : [whenReadable(this.#pidfd)];
    return [...this.#cgroup.requests(), ...init];
  }

  /** A container may be deleted between the look at it and the reading of its files: the next look tells. */
  tellStats(emit: Emit): void {
    if (openManager(this.#record).processes().length > 0) tellStats(this.#record, emit);
  }

  /** Tells what has happened; false when nothing more can. */
  tellNews(emit: Emit): boolean {
    const { id } = this.#record;
    const { ooms, ended } = this.#cgroup.news();
    for (let count = 0; count < ooms; count++) emit({ type: "oom", id });
    const status = ended ? "stopped" : lockedStatusOf(this.#root, this.#record);
    if (status !== this.#status) emit({ type: "lifecycle", id, data: { status } });
    this.#status = status;
    if (!ended) return true;
    this.#cgroup.close();
    this.#pidfd?.close();
    return false;
  }
}

function tellStats(record: ContainerRecord, emit: Emit): void {
  const intelRdt = record.intelRdt === undefined ? {} : intelRdtStats(record.intelRdt);
  const interfaces = record.namespaces.includes("network") ? networkStats(record.pid) : null;
  emit({
    type: "stats",
    id: record.id,
    data: { ...openManager(record).stats(), intel_rdt: intelRdt, network_interfaces: interfaces },
  });
}

function runningRecord(context: RuntimeContext, id: string): ContainerRecord {
  const record = loadRecord(context.root, id);
  const status = statusOf(context.root, record);
  if (status === "stopped" || status === "creating") {
    throw new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running: it is ${status}`);
  }
  return record;
}
