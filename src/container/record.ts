// SPDX-License-Identifier: Apache-2.0
/** The record of a container: what `create` found out and every later command needs. Stored in the state file. */
import type { SavedCgroup } from "../cgroup/manager.ts";
import type { SavedIntelRdt } from "../intel-rdt/group.ts";
import type { HookOutputsPlan, NamespaceType } from "../plan/types.ts";
import type { Hook } from "../spec/types.ts";
import { isErrno } from "../linux/errors.ts";
import { readRecord, type StoredRecord } from "../store/state-file.ts";
import { idProblem } from "../store/id.ts";
import { ContainerError } from "./errors.ts";

/** Of the file's layout; a runtime that finds another number refuses to guess. */
const layout = 2;

export interface ContainerRecord {
  readonly layout: typeof layout;
  readonly id: string;
  readonly ociVersion: string;
  /** Absolute paths on the host. */
  readonly bundle: string;
  readonly rootfs: string;
  /** RFC 3339 with nanoseconds. */
  readonly created: string;
  /** Uid of whoever created the container. */
  readonly owner: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Process id of init as the host sees it; 0 as long as there is none. */
  readonly pid: number;
  /** Start of that process in clock ticks since boot: with the pid it names one process for ever. */
  readonly startTime: string;
  /** Whether the container has a pid namespace of its own, whose processes die with init. */
  readonly ownPidNamespace: boolean;
  /** Namespaces that are not the host's, for exec to join. */
  readonly namespaces: readonly NamespaceType[];
  /** Whether the session keyring is the container's own; with its name, for exec. */
  readonly ownKeyring: boolean;
  readonly keyring: string;
  /** While hooks of the creation may run: the start gate is there already, and the container is not yet created. */
  readonly creating?: true | undefined;
  readonly cgroup: SavedCgroup;
  readonly intelRdt?: SavedIntelRdt | undefined;
  readonly poststart: readonly Hook[];
  readonly poststop: readonly Hook[];
  readonly hookOutputs?: HookOutputsPlan | undefined;
}

/** The text of a record. */
export function encodeRecord(record: ContainerRecord): string {
  return JSON.stringify(record);
}

/** A record without its layout number, which encoding adds. */
export function newRecord(fields: Omit<ContainerRecord, "layout">): ContainerRecord {
  return { layout, ...fields };
}

/**
 * Reads back a record.
 *
 * Throws ContainerError "state-damaged" when the text is not what runt writes.
 */
export function decodeRecord(id: string, text: string): ContainerRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(id, "its state file has no record", cause);
  }
  if (!isRecord(parsed)) throw damaged(id, "its record lacks a field that runt writes");
  if (parsed.id !== id) throw damaged(id, `its record is of container ${JSON.stringify(parsed.id)}`);
  return parsed;
}

/**
 * The record of container `id`.
 *
 * Throws ContainerError "id-invalid", "container-not-found" or "state-damaged".
 */
export function loadRecord(root: string, id: string): ContainerRecord {
  checkId(id);
  let stored: StoredRecord | undefined;
  try {
    stored = readRecord(root, id);
  } catch (error) {
    if (isErrno(error, "EISDIR")) throw damaged(id, "its state file is a directory", error);
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
  }
  if (stored === undefined) throw notFound(root, id);
  const record = decodeRecord(id, stored.text);
  // Whether the cgroup of a container without a process is known to be its own. A unit of systemd comes with the process.
  if (record.pid !== 0 || (record.cgroup.unit === undefined && stored.settled)) return record;
  return { ...record, cgroup: { ...record.cgroup, unsettled: true } };
}

/** Throws ContainerError "id-invalid" with the reason when `id` cannot name a container. */
export function checkId(id: string): void {
  const problem = idProblem(id);
  if (problem !== undefined) throw new ContainerError("id-invalid", problem);
}

/** The error for an id that nobody has. */
export function notFound(root: string, id: string): ContainerError {
  return new ContainerError("container-not-found", `container ${JSON.stringify(id)}: container does not exist`, {
    hint: `containers of this --root are in ${JSON.stringify(root)}; "runt list" shows them`,
  });
}

function damaged(id: string, what: string, cause?: unknown): ContainerError {
  return new ContainerError("state-damaged", `container ${JSON.stringify(id)}: ${what}`, {
    hint: `"runt delete --force ${id}" removes what is left of it`,
    cause,
  });
}

function isRecord(value: unknown): value is ContainerRecord {
  if (typeof value !== "object" || value === null) return false;
  const has = (name: keyof ContainerRecord, type: string): boolean => typeof Reflect.get(value, name) === type;
  return (
    Reflect.get(value, "layout") === layout &&
    (["id", "ociVersion", "bundle", "rootfs", "created", "startTime", "keyring"] as const).every((name) => has(name, "string")) &&
    has("owner", "number") &&
    has("pid", "number") &&
    has("ownPidNamespace", "boolean") &&
    has("cgroup", "object") &&
    has("annotations", "object") &&
    has("ownKeyring", "boolean") &&
    Array.isArray(Reflect.get(value, "namespaces")) &&
    Array.isArray(Reflect.get(value, "poststart")) &&
    Array.isArray(Reflect.get(value, "poststop"))
  );
}
