// SPDX-License-Identifier: Apache-2.0
/** What the process may gain, who may look into it, and what becomes of it when the runtime dies. */
import { within } from "../linux/errors.ts";
import { exitProcess, getParentPid, setDumpable, setNoNewPrivileges, setParentDeathSignal } from "../linux/process.ts";
import { SIGKILL } from "../linux/signals.ts";

/** In init: from here on no file gives privileges. Before the seccomp filter when that is loaded without CAP_SYS_ADMIN. prctl(2) */
export function forbidNewPrivileges(): void {
  within("set no_new_privs", setNoNewPrivileges);
}

/**
 * Before a clone enters any namespace of a container: nothing in there may ptrace(2) it or open its descriptors through /proc
 * until it is the container's own program (CVE-2016-9962). execve(2) undoes it.
 *
 * Files of /proc/self belong to root from here on: id maps and the oom score are written from outside or before.
 */
export function hideFromContainer(): void {
  within("make the process non-dumpable", () => setDumpable(false));
}

/**
 * Right after the clone: dies with the runtime instead of being left over half made. `parent` is the pid of the runtime as the
 * child should see it; 0 is what a child in a new pid namespace sees, and then the closed channel tells.
 *
 * A change of the user ids clears it; call it again after one that comes early.
 */
export function dieWithRuntime(parent: number): void {
  setParentDeathSignal(SIGKILL);
  const now = getParentPid();
  if (now !== parent && now !== 0) exitProcess(1); // it died before the signal was armed, and nobody is left to be told
}

/** Before `ready`: from here on the container outlives the runtime. */
export function outliveRuntime(): void {
  setParentDeathSignal(0);
}
