// SPDX-License-Identifier: Apache-2.0
/** `state`: what engines ask for most often. runtime.md, "Query State" */
import type { RuntimeContext } from "./context.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { type Status, statusOf } from "./status.ts";

/** The fields of runc's `state`, in its order. */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: string;
  /** 0 when the container is stopped. */
  readonly pid: number;
  readonly status: Status;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Uid of whoever created the container. */
  readonly owner: number;
}

/** The state of container `id`. Throws ContainerError "container-not-found", "id-invalid", "state-damaged". */
export function containerState(context: RuntimeContext, id: string): ContainerState {
  const record = loadRecord(context.root, id);
  return describeState(record, statusOf(context.root, record));
}

/** Record and status as `state` shows them. */
export function describeState(record: ContainerRecord, status: Status): ContainerState {
  return {
    ociVersion: record.ociVersion,
    id: record.id,
    pid: status === "stopped" ? 0 : record.pid,
    status,
    bundle: record.bundle,
    rootfs: record.rootfs,
    created: record.created,
    ...(Object.keys(record.annotations).length === 0 ? {} : { annotations: record.annotations }),
    owner: record.owner,
  };
}
