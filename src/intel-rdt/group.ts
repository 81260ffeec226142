// SPDX-License-Identifier: Apache-2.0
/** Intel Resource Director Technology through the resctrl file system. config-linux.md, "IntelRdt" */
import { ensureDirectory, rmdir } from "../linux/directory.ts";
import { isErrno, within } from "../linux/errors.ts";
import { readFile, writeFile } from "../linux/file.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { statIfAny } from "../linux/stat.ts";
import type { IntelRdt } from "../spec/types.ts";
import { schemaLines, schemataDiffer } from "./schemata.ts";

/** What is to be removed with the container; part of its record. */
export interface SavedIntelRdt {
  /** The group's directory. */
  readonly path: string;
  /** Whether the group was made for this container alone. */
  readonly own: boolean;
  /** The monitoring group, when there is one. */
  readonly monitor?: string | undefined;
}

/** Where distributions and systemd mount it. */
const usualPlace = "/sys/fs/resctrl";

/** Throws when no resctrl is mounted: then the limits cannot be had. */
function mountPoint(): string {
  if (statIfAny(`${usualPlace}/schemata`) !== undefined) return usualPlace;
  const mount = parseMountInfo(readFile("/proc/self/mountinfo")).find(({ type }) => type === "resctrl");
  if (mount === undefined) {
    throw new Error(
      'linux.intelRdt: no resctrl file system is mounted (mount it with "mount -t resctrl resctrl /sys/fs/resctrl")',
    );
  }
  return mount.mountPoint;
}

/** Makes or finds the group of container `id` and writes its schemata. Throws when the host has no resctrl, or it refuses. */
export function createGroup(id: string, rdt: IntelRdt): SavedIntelRdt {
  const root = mountPoint();
  const name = rdt.closID ?? id;
  const path = name === "/" ? root : `${root}/${name}`;
  return within(`resctrl group ${JSON.stringify(name)}`, () => {
    const lines = schemaLines(rdt);
    const existed = statIfAny(path) !== undefined;
    if (!existed && rdt.closID !== undefined && lines.length === 0) {
      throw new Error(`${JSON.stringify(path)} does not exist, and linux.intelRdt has no schema to make it with`);
    }
    const made = !existed && ensureDirectory(path);
    const saved = { path, own: made && rdt.closID === undefined };
    try {
      writeSchemata(path, lines, existed && rdt.closID !== undefined);
      return { ...saved, ...monitorGroup(path, id, rdt) };
    } catch (error) {
      if (made) rmdir(path);
      throw error;
    }
  });
}

function writeSchemata(path: string, lines: readonly string[], compare: boolean): void {
  if (lines.length === 0) return;
  const file = `${path}/schemata`;
  if (compare) {
    const difference = schemataDiffer(lines, readFile(file));
    if (difference !== undefined) throw new Error(`the group is there with another schema: ${difference}`);
    return;
  }
  for (const line of lines) writeFile(file, `${line}\n`);
}

function monitorGroup(path: string, id: string, rdt: IntelRdt): { readonly monitor?: string } {
  if (rdt.enableMonitoring !== true) return {};
  const monitor = `${path}/mon_groups/${id}`;
  ensureDirectory(monitor);
  return { monitor };
}

/** Puts a process into the group, and into its monitoring group. */
export function joinGroup(group: SavedIntelRdt, pid: number): void {
  writeFile(`${group.path}/tasks`, String(pid));
  if (group.monitor !== undefined) writeFile(`${group.monitor}/tasks`, String(pid));
}

/** Removes what was made for the container; what is gone already is fine. */
export function removeGroup(group: SavedIntelRdt): void {
  for (const path of [group.monitor, group.own ? group.path : undefined]) {
    if (path === undefined) continue;
    try {
      rmdir(path);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }
}

/** Changes the schemata of a container's group. */
export function writeGroupSchemata(group: SavedIntelRdt, rdt: IntelRdt): void {
  within(`resctrl group ${JSON.stringify(group.path)}`, () => {
    writeSchemata(group.path, schemaLines(rdt), false);
  });
}
