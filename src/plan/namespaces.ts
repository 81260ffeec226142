// SPDX-License-Identifier: Apache-2.0
/** `linux.namespaces`, the id mappings and the clock offsets. */
import type { Config, IdMapping, Linux, TimeOffset } from "../spec/types.ts";
import { oneOf, quote, type Report } from "./errors.ts";
import type { HostFacts, NamespacesPlan, NamespaceType } from "./types.ts";

/**
 * The namespaces that runt knows, in the order in which they are joined: user first, because it may be what allows the others;
 * mount last, because the paths of the others are looked up in the runtime's.
 */
export const namespaceTypes = [
  "user",
  "time",
  "cgroup",
  "ipc",
  "uts",
  "network",
  "pid",
  "mount",
] as const satisfies NamespaceType[];

/** The clocks that time_namespaces(7) can shift. */
export const timeOffsetClocks = ["monotonic", "boottime"] as const;

/** The kernel's UID_GID_MAP_MAX_EXTENTS. */
const maxMappings = 340;
/** One past the highest id; (uid_t) -1 means "no change" to the kernel and is no id. */
const idEnd = 0xffffffff;

/** How the container stands to one kind of namespace. */
export type Isolation = "host" | "new" | "joined";

/** The namespaces by type, for the planners that depend on what is isolated. */
export class Isolations {
  readonly #paths = new Map<NamespaceType, string>();

  set(type: NamespaceType, path: string): void {
    this.#paths.set(type, path);
  }
  /** "" for a new namespace, undefined for the host's. */
  path(type: NamespaceType): string | undefined {
    return this.#paths.get(type);
  }
  of(type: NamespaceType): Isolation {
    const path = this.#paths.get(type);
    return path === undefined ? "host" : path === "" ? "new" : "joined";
  }
  isNew(type: NamespaceType): boolean {
    return this.#paths.get(type) === "";
  }
  /** New, or joined. */
  isOwn(type: NamespaceType): boolean {
    return this.#paths.has(type);
  }
}

/**
 * Whether the config asks for a new network namespace that can be made before the plan is: by this process as it is, for an init that
 * is cloned by this process as it is, and that no device of the host is moved to before init is in it.
 */
export function wantsNetworkAhead({ linux }: Config): boolean {
  const list = linux?.namespaces ?? [];
  const own = list.some(({ type, path = "" }) => type === "network" && path === "");
  return own && linux?.netDevices === undefined && list.every(({ type, path = "" }) => !aloneFirst(type, path));
}

/** Namespaces whose maker must be in them first, or that take a process between the runtime and init. */
function aloneFirst(type: NamespaceType, path: string): boolean {
  return type === "user" || type === "time" || (type === "pid" && path !== "");
}

/** In which the runtime would change itself, its root or its name, if it took the namespace for one of the container's. */
const changedByRuntime: readonly NamespaceType[] = ["mount", "uts"];

/**
 * Reads `linux.namespaces`; refuses duplicates, unknown types and paths that are not absolute. Of the types in which the runtime
 * would change itself, one that by its path is the runtime's own, which `isRuntimes` tells, counts as not listed.
 */
export function readNamespaces(
  config: Config,
  report: Report,
  isRuntimes: (type: NamespaceType, path: string) => boolean = (): boolean => false,
): Isolations {
  const isolations = new Isolations();
  const seen = new Set<string>();
  const list = config.linux?.namespaces ?? [];
  for (let index = 0; index < list.length; index++) {
    const entry = list[index];
    if (entry === undefined) continue;
    const type = entry.type as NamespaceType;
    const path = entry.path ?? "";
    if (!namespaceTypes.includes(type)) {
      report.refuse(`linux.namespaces[${index}].type`, `is ${quote(type)}, and must be ${oneOf(namespaceTypes)}`);
    } else if (seen.has(type)) {
      report.refuse(`linux.namespaces[${index}].type`, `is "${type}" for the second time, and each type may be listed once`);
    } else {
      checkNamespacePath(path, index, report);
      const shared = path !== "" && changedByRuntime.includes(type) && isRuntimes(type, path);
      if (!shared) isolations.set(type, path);
    }
    seen.add(type);
  }
  return isolations;
}

function checkNamespacePath(path: string, index: number, report: Report): void {
  if (path === "") return;
  if (path.includes("\0")) report.refuse(`linux.namespaces[${index}].path`, `is ${quote(path)}, and must not contain NUL`);
  else if (!path.startsWith("/")) {
    report.refuse(`linux.namespaces[${index}].path`, `is ${quote(path)}, and must be an absolute path`);
  }
}

/** Decides which namespaces are made and joined, and who writes the id maps. */
export function planNamespaces(config: Config, isolations: Isolations, facts: HostFacts, report: Report): NamespacesPlan {
  const linux = config.linux ?? {};
  const create: NamespaceType[] = [];
  const join: { type: NamespaceType; path: string }[] = [];
  for (const type of namespaceTypes) {
    const path = isolations.path(type);
    if (path === "") create.push(type);
    else if (path !== undefined) join.push({ type, path });
  }
  checkNames(config, isolations, report);
  const uidMappings = linux.uidMappings ?? [];
  const gidMappings = linux.gidMappings ?? [];
  checkUserNamespace(linux, isolations, facts, report);
  const unprivileged = isolations.isNew("user") && facts.euid !== 0;
  const mapWithHelpers = unprivileged && !(isSelfMapping(uidMappings, facts.euid) && isSelfMapping(gidMappings, facts.egid));
  return {
    create,
    join,
    uidMappings,
    gidMappings,
    mapWithHelpers,
    denySetgroups: unprivileged && !mapWithHelpers,
    timeOffsets: planTimeOffsets(linux.timeOffsets, isolations, report),
  };
}

/** hostname and domainname belong to a UTS namespace; without an own one they would rename the host. */
function checkNames(config: Config, isolations: Isolations, report: Report): void {
  for (const field of ["hostname", "domainname"] as const) {
    const value = config[field];
    if (value === undefined || value === "") continue;
    if (!isolations.isOwn("uts")) {
      report.refuse(
        field,
        `is ${quote(value)}, and the container shares the host's UTS namespace`,
        'add {"type": "uts"} to linux.namespaces',
      );
    }
    // __NEW_UTS_LEN of the kernel.
    if (value.length > 64) report.refuse(field, `has ${value.length} characters, and may have 64`);
    if (value.includes("\0")) report.refuse(field, `is ${quote(value)}, and must not contain NUL`);
  }
}

function checkUserNamespace(linux: Linux, isolations: Isolations, facts: HostFacts, report: Report): void {
  const state = isolations.of("user");
  if (state === "host" && facts.euid !== 0) {
    report.refuse(
      "linux.namespaces",
      "has no user namespace, and the caller is not root",
      'add {"type": "user"} and id mappings',
    );
  }
  for (const [field, mappings, rootName] of [
    ["linux.uidMappings", linux.uidMappings ?? [], "uid"],
    ["linux.gidMappings", linux.gidMappings ?? [], "gid"],
  ] as const) {
    if (state === "new") checkMappings(field, mappings, rootName, report);
    // CRI-O repeats the mappings of the namespace; that they are the same is seen when init is in it.
    else if (state === "joined") checkIdMappings(field, mappings, report);
    else if (mappings.length > 0)
      report.refuse(field, "is given, and there is no user namespace", 'add {"type": "user"} to linux.namespaces');
  }
}

function checkMappings(field: string, mappings: readonly IdMapping[], name: string, report: Report): void {
  if (mappings.length === 0) {
    report.refuse(field, "is empty, and a new user namespace needs mappings");
    return;
  }
  checkIdMappings(field, mappings, report);
  if (mapToHost(mappings, 0) === undefined) {
    report.refuse(field, `does not map ${name} 0, and the container's root is needed to set the container up`);
  }
}

/** Refuses what the kernel would: too many entries, empty or endless ranges, ranges that overlap on either side. */
export function checkIdMappings(field: string, mappings: readonly IdMapping[], report: Report): void {
  if (mappings.length > maxMappings) report.refuse(field, `has ${mappings.length} entries, and the kernel takes ${maxMappings}`);
  for (let index = 0; index < mappings.length; index++) {
    const one = mappings[index];
    if (one === undefined) continue;
    if (!(one.size > 0)) report.refuse(`${field}[${index}].size`, `is ${one.size}, and must be greater than 0`);
    for (const side of ["containerID", "hostID"] as const) {
      if (one[side] + one.size > idEnd) {
        report.refuse(`${field}[${index}]`, `ends at ${side} ${one[side] + one.size - 1}, and the highest id is ${idEnd - 1}`);
      }
      const earlier = mappings.findIndex((other, at) => at < index && overlaps(other, one, side));
      if (earlier >= 0)
        report.refuse(`${field}[${index}]`, `overlaps ${field}[${earlier}] in ${side}, and each id may be mapped once`);
    }
  }
}

function overlaps(a: IdMapping, b: IdMapping, side: "containerID" | "hostID"): boolean {
  return a[side] < b[side] + b.size && b[side] < a[side] + a.size;
}

/** Whether an unprivileged caller may write this map itself: exactly its own id (user_namespaces(7)). */
function isSelfMapping(mappings: readonly IdMapping[], own: number): boolean {
  return mappings.length === 1 && mappings[0]?.size === 1 && mappings[0].hostID === own;
}

/** The host's id for one of the container, or undefined if no mapping covers it. */
export function mapToHost(mappings: readonly IdMapping[], id: number): number | undefined {
  for (const one of mappings) {
    if (id >= one.containerID && id < one.containerID + one.size) return one.hostID + (id - one.containerID);
  }
  return undefined;
}

function planTimeOffsets(
  offsets: Readonly<Record<string, TimeOffset>> | undefined,
  isolations: Isolations,
  report: Report,
): NamespacesPlan["timeOffsets"] {
  if (offsets === undefined) return undefined;
  const clocks = Object.keys(offsets);
  if (clocks.length === 0) return undefined;
  if (!isolations.isNew("time")) {
    const why = isolations.isOwn("time") ? "the time namespace is joined by path" : "there is no time namespace";
    report.refuse(
      "linux.timeOffsets",
      `is given, and ${why}; only a new one has its clocks set`,
      'add {"type": "time"} to linux.namespaces',
    );
  }
  for (const clock of clocks) {
    if (!(timeOffsetClocks as readonly string[]).includes(clock)) {
      report.refuse(`linux.timeOffsets.${clock}`, `is not a clock of time namespaces, which are ${oneOf(timeOffsetClocks)}`);
    }
    const nanosecs = offsets[clock]?.nanosecs ?? 0;
    if (nanosecs >= 1e9) report.refuse(`linux.timeOffsets.${clock}.nanosecs`, `is ${nanosecs}, and must be below 1000000000`);
  }
  return offsets;
}
