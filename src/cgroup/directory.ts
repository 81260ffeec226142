// SPDX-License-Identifier: Apache-2.0
/** What every cgroup is, v1 or v2: a directory of the kernel's, with processes and children. cgroups(7) */
import { DT_DIR, ensureDirectory, listDirectory, mkdir, rmdir } from "../linux/directory.ts";
import { HintedError, isErrno } from "../linux/errors.ts";
import { readFileIfAny } from "../linux/file.ts";
import { parseStat } from "../linux/proc/stat.ts";
import { statIfAny } from "../linux/stat.ts";
import { sleep } from "../linux/time.ts";
import { PlaceError } from "./below.ts";
import { writeCgroupFile } from "./write.ts";

const notOurs =
  "limits need a cgroup that this user may write: one that is delegated to it, or --systemd-cgroup in a session of systemd";

/** Why a cgroup cannot be made. */
export const makeHints = {
  EACCES: notOurs,
  EPERM: notOurs,
  EROFS: "the cgroup file system is mounted read-only here",
  EAGAIN: "a cgroup above has as many cgroups below it as it may have (cgroup.max.descendants, cgroup.max.depth)",
  ENOSPC: "the kernel has no room for another cgroup of this controller",
};

/** Makes the cgroup and its missing parents; returns what it made, from the top down. */
export function makeCgroup(path: string): string[] {
  try {
    return ensureDirectory(path, 0o755) ? [path] : [];
  } catch (error) {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!isErrno(error, "ENOENT") || parent === "") throw error;
    const made = makeCgroup(parent);
    try {
      mkdir(path, 0o755);
    } catch (cause) {
      removeMade(made);
      throw cause;
    }
    return [...made, path];
  }
}

/** Takes back what makeCgroup() made, or may have made. What others use stays. */
export function removeMade(made: readonly string[]): void {
  for (const path of made.toReversed()) {
    try {
      rmdir(path);
    } catch (error) {
      if (!isErrno(error, "EBUSY", "ENOTEMPTY", "ENOENT")) throw error;
    }
  }
}

/** A cgroup that is in somebody's use must not become a container's. */
export class CgroupBusyError extends HintedError {
  readonly code = "cgroup-busy";
}

/** Throws unless the cgroup is empty. The text is one that engines know. */
export function refuseProcesses(path: string): void {
  const pids = allProcesses(path);
  if (pids.length === 0) return;
  throw new CgroupBusyError(`container's cgroup is not empty: ${pids.length} process(es) found`, {
    hint: `${JSON.stringify(path)} has ${pids.slice(0, 5).map(describeProcess).join(", ")}: use another linux.cgroupsPath`,
  });
}

/** Throws the error for a cgroup that stands still: a process in it would never start. */
export function refuseFrozen(path: string): never {
  throw new CgroupBusyError("container's cgroup is frozen", {
    hint: `thaw ${JSON.stringify(path)}, or use another linux.cgroupsPath`,
  });
}

/** Pids in this cgroup alone; none when it is gone. */
export function ownProcesses(path: string): number[] {
  const text = readProcesses(path);
  if (text === undefined || text === "") return [];
  return text.trimEnd().split("\n").map(Number);
}

function readProcesses(path: string): string | undefined {
  try {
    return readFileIfAny(`${path}/cgroup.procs`);
  } catch (error) {
    if (isErrno(error, "ENODEV")) return undefined; // removed while it was read
    if (isErrno(error, "EOPNOTSUPP")) return readFileIfAny(`${path}/cgroup.threads`); // a threaded cgroup
    throw error;
  }
}

/** Names of the child cgroups; none when it is gone. */
export function children(path: string): string[] {
  try {
    return listDirectory(path)
      .filter(({ type }) => type === DT_DIR)
      .map(({ name }) => name);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENODEV")) return [];
    throw error;
  }
}

/** Pids in this cgroup and all below it. */
export function allProcesses(path: string): number[] {
  return [...ownProcesses(path), ...children(path).flatMap((name) => allProcesses(`${path}/${name}`))];
}

/** Moves a process in. */
export function moveProcess(path: string, pid: number): void {
  writeCgroupFile(path, "cgroup.procs", String(pid));
}

/** Removes the cgroup when it holds nothing; one that is gone is fine. False when it holds something. */
export function tryRemoveCgroup(path: string): boolean {
  try {
    rmdir(path);
  } catch (error) {
    if (isErrno(error, "EBUSY", "ENOTEMPTY")) return false;
    if (!isErrno(error, "ENOENT")) throw error;
  }
  return true;
}

/** The kernel lets a killed process go some moments after it is gone from view. */
const removeAttempts = 12;

/** Removes the cgroup and all below it. One that is gone is fine; one that stays busy is an error that names who is in it. */
export function removeCgroup(path: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      rmdir(path);
      return;
    } catch (error) {
      if (isErrno(error, "ENOENT")) return;
      if (!isErrno(error, "EBUSY", "ENOTEMPTY")) throw error;
      if (attempt === removeAttempts) throw remaining(path, error);
    }
    for (const name of children(path)) removeCgroup(`${path}/${name}`);
    if (attempt > 1) sleep(Math.min(2 ** attempt, 500));
  }
}

function remaining(path: string, cause: unknown): Error {
  const pids = allProcesses(path);
  const who = pids.length === 0 ? "no process that this one can see" : pids.map(describeProcess).join(", ");
  return new HintedError(`it still holds ${who}`, { cause, hint: "delete again when they have ended" });
}

/** Throws for the first of these that is not there. */
export function requireCgroups(paths: Readonly<Record<string, string>>): void {
  for (const path of new Set(Object.values(paths))) {
    if (statIfAny(path) === undefined) throw new PlaceError(`there is no cgroup ${JSON.stringify(path)}, and exec makes none`);
  }
}

/** `17 (tar, state D, waiting in nfs_wait_bit_killable)`. proc_pid_stat(5), proc_pid_wchan(5) */
export function describeProcess(pid: number): string {
  try {
    const { name, state } = parseStat(readFileIfAny(`/proc/${pid}/stat`) ?? "");
    const place = readFileIfAny(`/proc/${pid}/wchan`) ?? "0";
    return `${pid} (${name}, state ${state}${place === "0" || place === "" ? "" : `, waiting in ${place}`})`;
  } catch {
    return String(pid); // ended meanwhile, or not to be looked at by this user
  }
}
