// SPDX-License-Identifier: Apache-2.0
/** Who is in a pid namespace, seen from one above. pid_namespaces(7) */
import { listDirectory } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { statIfAny } from "../linux/stat.ts";

/** Pids of all processes in the pid namespace of `pid`; of none in those below it. */
export function sharingPidNamespace(pid: number): number[] {
  const own = namespaceOf(pid);
  if (own === undefined) return [];
  return listDirectory("/proc")
    .filter(({ name }) => /^[1-9][0-9]*$/.test(name))
    .map(({ name }) => Number(name))
    .filter((each) => namespaceOf(each) === own);
}

/** Undefined for a process that has ended, or that this one may not look at. */
function namespaceOf(pid: number): bigint | undefined {
  try {
    return statIfAny(`/proc/${pid}/ns/pid`)?.inode;
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM", "ESRCH")) return undefined;
    throw error;
  }
}
