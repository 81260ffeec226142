// SPDX-License-Identifier: Apache-2.0
/** Intel Resource Director Technology through the resctrl file system. config-linux.md, "IntelRdt" */
import { ensureDirectory, rmdir } from "../linux/directory.ts";
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { readFile, readFileIfAny, writeFile } from "../linux/file.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { statIfAny } from "../linux/stat.ts";
import type { IntelRdt } from "../spec/types.ts";
import { schemaLines, schemataDiffer } from "./schemata.ts";

/** What is to be removed with the container; part of its record. */
export interface SavedIntelRdt {
  /** Where resctrl is mounted. */
  readonly root?: string | undefined;
  /** The group's directory. */
  readonly path: string;
  /** Whether the group was made for this container alone. */
  readonly own: boolean;
  /** The monitoring group, when there is one. */
  readonly monitor?: string | undefined;
}

/** Where distributions and systemd mount it. */
const usualPlace = "/sys/fs/resctrl";

/** This host cannot do what linux.intelRdt asks for, or has no room left for it. */
export class IntelRdtError extends HintedError {
  readonly code = "config-refused";
}

/** Throws when no resctrl is mounted: then the limits cannot be had. */
function mountPoint(): string {
  if (statIfAny(`${usualPlace}/schemata`) !== undefined) return usualPlace;
  const mount = parseMountInfo(readFile("/proc/self/mountinfo")).find(({ type }) => type === "resctrl");
  if (mount === undefined) {
    throw new IntelRdtError("linux.intelRdt: no resctrl file system is mounted", {
      hint: 'a host whose processor has the feature mounts it with "mount -t resctrl resctrl /sys/fs/resctrl"',
    });
  }
  return mount.mountPoint;
}

/** Makes or finds the group of container `id` and writes its schemata. Throws when the host has no resctrl, or it refuses. */
export function createGroup(id: string, rdt: IntelRdt): SavedIntelRdt {
  const root = mountPoint();
  const shared = rdt.closID !== undefined && rdt.closID !== "";
  const name = shared ? (rdt.closID ?? id) : id;
  const path = name === "/" ? root : `${root}/${name}`;
  return within(`resctrl group ${JSON.stringify(name)}`, () => {
    const lines = schemaLines(rdt);
    const existed = statIfAny(path) !== undefined;
    if (!existed && shared && lines.length === 0) {
      throw new IntelRdtError(`${JSON.stringify(path)} does not exist, and linux.intelRdt has no schema to make it with`, {});
    }
    const made = !existed && makeGroup(path, "closID");
    const saved = { root, path, own: made && !shared };
    try {
      writeSchemata(root, path, lines, existed && shared);
      return { ...saved, ...monitorGroup(path, id, rdt) };
    } catch (error) {
      if (made) rmdir(path);
      throw error;
    }
  });
}

/** Makes a group; false when it is there. The processor has few of them. */
function makeGroup(path: string, kind: "closID" | "monitoring"): boolean {
  try {
    return ensureDirectory(path);
  } catch (cause) {
    const hint = `all groups of the processor are in use: share one (linux.intelRdt.closID), or see info/*/${kind === "closID" ? "num_closids" : "num_rmids"}`;
    throw new IntelRdtError(`make ${kind} group`, { cause, hint: isErrno(cause, "ENOSPC") ? hint : undefined });
  }
}

function writeSchemata(root: string, path: string, lines: readonly string[], compare: boolean): void {
  if (lines.length === 0) return;
  const file = `${path}/schemata`;
  if (compare) {
    const difference = schemataDiffer(lines, readFile(file));
    if (difference !== undefined) throw new IntelRdtError(`the group is there with another schema: ${difference}`, {});
    return;
  }
  for (const line of lines) writeSchema(root, file, line);
}

/** The errno of a refused schema is EINVAL whatever is wrong; the reason is in a file. */
function writeSchema(root: string, file: string, line: string): void {
  try {
    writeFile(file, `${line}\n`);
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    const status = readFileIfAny(`${root}/info/last_cmd_status`)?.trim() ?? "";
    const reason = status === "" || status === "ok" ? "" : `: the kernel says ${JSON.stringify(status)}`;
    throw new IntelRdtError(`write schema ${JSON.stringify(line)}${reason}`, { cause });
  }
}

function monitorGroup(path: string, id: string, rdt: IntelRdt): { readonly monitor?: string } {
  if (rdt.enableMonitoring !== true) return {};
  const monitor = `${path}/mon_groups/${id}`;
  makeGroup(monitor, "monitoring");
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

/** Changes the schemata of a container's group, all or nothing. Returns what takes the change back. */
export function changeGroupSchemata(group: SavedIntelRdt, rdt: IntelRdt): () => void {
  const root = group.root ?? usualPlace;
  return within(`resctrl group ${JSON.stringify(group.path)}`, () => {
    const file = `${group.path}/schemata`;
    const before = readFile(file).split("\n");
    const takeBack = (): void => {
      for (const line of before) if (line !== "") writeSchema(root, file, line.trim());
    };
    try {
      writeSchemata(root, group.path, schemaLines(rdt), false);
    } catch (error) {
      takeBack();
      throw error;
    }
    return takeBack;
  });
}
