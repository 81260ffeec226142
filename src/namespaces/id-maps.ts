// SPDX-License-Identifier: Apache-2.0
/** The ids of a user namespace. user_namespaces(7) */
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { readFile, writeFile } from "../linux/file.ts";
import { setGid, setUid } from "../linux/identity.ts";
import { type IdMapRow, formatIdMap, parseIdMap } from "../linux/proc/id-map.ts";
import { describeExit } from "../linux/process.ts";
import { spawn } from "../linux/spawn.ts";
import { isExecutable } from "../linux/stat.ts";
import type { NamespacesPlan } from "../plan/types.ts";
import type { IdMapping } from "../spec/types.ts";

type MapFile = "uid_map" | "gid_map";

const HELPERS: Readonly<Record<MapFile, string>> = { uid_map: "newuidmap", gid_map: "newgidmap" };
const HELPER_DIRECTORIES = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin"];
const HELPER_TIMEOUT = 10_000;
const MAP_HINTS = { EINVAL: "the kernel takes a map of at most 4095 bytes, and no id twice" };

/** Where the helper is: in the directories of the system, not in whatever PATH the caller happens to have. */
function findHelper(name: string): string {
  const found = HELPER_DIRECTORIES.map((directory) => `${directory}/${name}`).find(isExecutable);
  if (found !== undefined) return found;
  throw new HintedError(`${name} is in none of ${HELPER_DIRECTORIES.join(", ")}`, {
    hint: "mapping more than one's own id takes it; Debian and Fedora have it in the package uidmap or shadow-utils",
  });
}

function mapWithHelper(file: MapFile, pid: number, mappings: readonly IdMapping[]): void {
  const name = HELPERS[file];
  const numbers = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size].map(String));
  const args = [name, String(pid), ...numbers];
  const { status, stderr, timedOut } = spawn(findHelper(name), { args, env: [], timeout: HELPER_TIMEOUT });
  if ("code" in status && status.code === 0) return;
  const outcome = timedOut ? "took too long" : describeExit(status);
  throw new HintedError(`${args.join(" ")}: ${outcome}: ${stderr.trim()}`, {
    hint: "are the ranges given to this user in /etc/subuid and /etc/subgid?",
  });
}

function mapRows(mappings: readonly IdMapping[]): IdMapRow[] {
  return mappings.map(({ containerID, hostID, size }) => ({ inside: containerID, outside: hostID, count: size }));
}

function writeMap(file: MapFile, pid: number, mappings: readonly IdMapping[], withHelper: boolean): void {
  const write = (): void => {
    if (withHelper) {
      mapWithHelper(file, pid, mappings);
      return;
    }
    writeFile(`/proc/${pid}/${file}`, formatIdMap(mapRows(mappings)));
  };
  within(`map ids in ${file} of process ${pid}`, write, MAP_HINTS);
}

/**
 * In the runtime: gives the new user namespace of process `pid` its ids. The process must still be dumpable when the runtime
 * is not root: its files in /proc belong to root otherwise.
 *
 * Throws the kernel's refusal, or what newuidmap(1) says.
 */
export function writeIdMaps(pid: number, plan: NamespacesPlan): void {
  if (plan.denySetgroups) within("deny setgroups", () => writeFile(`/proc/${pid}/setgroups`, "deny"));
  if (plan.gidMappings.length > 0) writeMap("gid_map", pid, plan.gidMappings, plan.mapWithHelpers);
  if (plan.uidMappings.length > 0) writeMap("uid_map", pid, plan.uidMappings, plan.mapWithHelpers);
}

/** The lines of a map, whichever way they were ordered. */
function mapLines(rows: readonly IdMapRow[]): string {
  return formatIdMap([...rows].sort((a, b) => a.inside - b.inside))
    .trimEnd()
    .replaceAll("\n", ", ");
}

/**
 * In the runtime: whether the user namespace of process `pid`, which was joined by path, has the ids that the config gives it; one that
 * gives none takes them as they are.
 *
 * Throws when it has others: mounts and files were prepared for the wrong ids.
 */
export function checkIdMaps(pid: number, plan: NamespacesPlan): void {
  for (const [file, field, mappings] of [
    ["uid_map", "linux.uidMappings", plan.uidMappings],
    ["gid_map", "linux.gidMappings", plan.gidMappings],
  ] as const) {
    if (mappings.length === 0) continue;
    const wanted = mapLines(mapRows(mappings));
    const found = mapLines(parseIdMap(readFile(`/proc/${pid}/${file}`)));
    if (wanted === found) continue;
    throw new HintedError(`${field} maps ${wanted}, and the user namespace that is joined by path maps ${found || "nothing"}`, {
      hint: "leave the mappings out, or give those of the namespace",
    });
  }
}

/** In a process inside a user namespace whose ids are mapped: becomes its root, so that what it makes there belongs to that. */
export function becomeMappedRoot(): void {
  try {
    setGid(0);
    setUid(0);
  } catch (error) {
    // EINVAL: the namespace maps no root. Its capabilities are there all the same, until execve(2).
    if (!isErrno(error, "EINVAL")) throw error;
  }
}
