// SPDX-License-Identifier: Apache-2.0
/** What every cgroup is, v1 or v2: a directory of the kernel's, with processes and children. cgroups(7) */
import { DT_DIR, ensureDirectory, listDirectory, makeDirectories, rmdir } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { readFileIfAny, writeFile } from "../linux/file.ts";
import { sleep } from "../linux/time.ts";

/** Makes the cgroup and its missing parents; tells whether it was not there before. */
export function makeCgroup(path: string): boolean {
  try {
    return ensureDirectory(path, 0o755);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    makeDirectories(path, 0o755);
    return true;
  }
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
  writeFile(`${path}/cgroup.procs`, String(pid));
}

/** The kernel lets a killed process go some moments after it is gone from view. */
const removeAttempts = 12;

/** Removes the cgroup and all below it. One that is gone is fine; one that stays busy throws EBUSY. */
export function removeCgroup(path: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      rmdir(path);
      return;
    } catch (error) {
      if (isErrno(error, "ENOENT")) return;
      if (!isErrno(error, "EBUSY", "ENOTEMPTY") || attempt === removeAttempts) throw error;
    }
    for (const name of children(path)) removeCgroup(`${path}/${name}`);
    if (attempt > 1) sleep(Math.min(2 ** attempt, 500));
  }
}
