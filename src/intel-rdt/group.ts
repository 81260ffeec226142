// SPDX-License-Identifier: Apache-2.0
/** Intel Resource Director Technology through the resctrl file system. config-linux.md, "IntelRdt" */
import { ensureDirectory, rmdir } from "../linux/directory.ts";
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { readFile, readFileIfAny, writeFile } from "../linux/file.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { hasEndedState, parseStat } from "../linux/proc/stat.ts";
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
  /** The monitoring group was there before, and stays. */
  readonly foundMonitor?: true | undefined;
  /** It is about to be made: who reads this after the runtime's death cannot know who made what is there. */
  readonly unsettled?: true | undefined;
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

/**
 * Makes or finds the group of container `id` and writes its schemata. Throws when the host has no resctrl, or it refuses. Before
 * anything is made that is to be removed with the container, `keep` gets it, for the record.
 */
export function createGroup(id: string, rdt: IntelRdt, keep: (intent: SavedIntelRdt) => void): SavedIntelRdt {
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
    const monitored = monitorOf(path, id, rdt);
    const intent = { root, path, own: !existed && !shared, ...monitored, unsettled: true } as const;
    if (removable(intent).length > 0) keep(intent);
    const made = !existed && makeGroup(path, "closID");
    try {
      writeSchemata(root, path, lines, existed && shared);
      return { root, path, own: made && !shared, ...makeMonitor(monitored) };
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

type Monitored = Pick<SavedIntelRdt, "monitor" | "foundMonitor">;

function monitorOf(path: string, id: string, rdt: IntelRdt): Monitored {
  if (rdt.enableMonitoring !== true) return {};
  const monitor = `${path}/mon_groups/${id}`;
  return statIfAny(monitor) === undefined ? { monitor } : { monitor, foundMonitor: true };
}

function makeMonitor(monitored: Monitored): Monitored {
  const { monitor, foundMonitor } = monitored;
  if (monitor === undefined || foundMonitor === true) return monitored;
  return makeGroup(monitor, "monitoring") ? monitored : { monitor, foundMonitor: true };
}

/** Puts a process into the group, and into its monitoring group. */
export function joinGroup(group: SavedIntelRdt, pid: number): void {
  writeFile(`${group.path}/tasks`, String(pid));
  if (group.monitor !== undefined) writeFile(`${group.monitor}/tasks`, String(pid));
}

/**
 * Removes what was made for the container; what is gone already is fine. Of what was about to be made, a group with processes in it
 * stays: the container's have ended, so somebody else has made it.
 */
export function removeGroup(group: SavedIntelRdt): void {
  for (const path of removable(group)) {
    if (group.unsettled === true && hasLiving(path)) continue;
    try {
      rmdir(path);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }
}

function removable({ monitor, foundMonitor, own, path }: SavedIntelRdt): string[] {
  return [...(monitor === undefined || foundMonitor === true ? [] : [monitor]), ...(own ? [path] : [])];
}

/** Whoever has ended is among the tasks until its parent has asked for that. */
function hasLiving(path: string): boolean {
  const tasks = readFileIfAny(`${path}/tasks`) ?? "";
  return tasks.split("\n").some((pid) => {
    const stat = pid === "" ? undefined : readFileIfAny(`/proc/${pid}/stat`);
    return stat !== undefined && !hasEndedState(parseStat(stat).state);
  });
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
