// SPDX-License-Identifier: Apache-2.0
/**
 * What a document may leave to the reader although the schema has it otherwise. Engines decode config.json into structures
 * whose members have a zero value: `null` is as good as nothing, an empty string means "not set", and a user without ids is root.
 */
import { schemaErrors } from "./explain.ts";
import type { DocumentKind } from "./explain.ts";
import { pointerKeys } from "./problem.ts";

/** Zero values of required members, by the end of their path. */
const ZEROS: Readonly<Record<string, unknown>> = {
  "process.user": { uid: 0, gid: 0 },
  "process.user.uid": 0,
  "process.user.gid": 0,
  "process.ioPriority.priority": 0,
};

type Container = Record<string, unknown>;

/** A copy of `value` with what may be left out left out, and with zero values filled in; not necessarily a valid document. */
export function repair(kind: DocumentKind, value: unknown): unknown {
  const copy = clone(value);
  for (const error of schemaErrors(kind, copy)) {
    if (error.propertyName !== undefined) continue; // of a key that is not allowed the data is the key, the path that of its owner
    if (error.data === null || error.data === "") remove(copy, pointerKeys(error.instancePath));
  }
  for (const error of schemaErrors(kind, copy)) {
    if (error.keyword === "required") fill(copy, error.instancePath, String(error.params["missingProperty"]), kind);
  }
  return copy;
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clone(member)]));
}

/** Removes a member of an object; an entry of a list stays, as the list would become another one. */
function remove(root: unknown, keys: readonly string[]): void {
  const owner = follow(root, keys.slice(0, -1));
  const last = keys.at(-1);
  if (owner && last !== undefined && !Array.isArray(owner)) Reflect.deleteProperty(owner, last);
}

function fill(root: unknown, pointer: string, name: string, kind: DocumentKind): void {
  const zero = ZEROS[[...(kind === "process" ? ["process"] : []), ...pointerKeys(pointer), name].join(".")];
  const owner = follow(root, pointerKeys(pointer));
  if (owner && zero !== undefined) owner[name] = clone(zero);
}

function follow(root: unknown, keys: readonly string[]): Container | undefined {
  let at: unknown = root;
  for (const key of keys) at = typeof at === "object" && at !== null ? (at as Container)[key] : undefined;
  return typeof at === "object" && at !== null ? (at as Container) : undefined;
}
