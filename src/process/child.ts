// SPDX-License-Identifier: Apache-2.0
/** Cloning the processes of a container, and what becomes of them as seen by the runtime. */
import type { NamespaceType } from "../plan/types.ts";
import { failedWithin, isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../linux/namespace.ts";
import {
  clone,
  cloneFiltered,
  type CloneOptions,
  CLONE_PARENT,
  CLONE_VFORK,
  exitProcess,
  signalPidfd,
  openPidfd,
  waitPid,
  type ExitStatus,
} from "../linux/process.ts";
import { SIGKILL } from "../linux/signals.ts";

export { exitProcess as endProcess, isChild, waitPid as reap } from "../linux/process.ts";
export type { ExitStatus } from "../linux/process.ts";

const cloneFlags: Readonly<Record<NamespaceType, number>> = {
  user: CLONE_NEWUSER,
  mount: CLONE_NEWNS,
  pid: CLONE_NEWPID,
  network: CLONE_NEWNET,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  cgroup: CLONE_NEWCGROUP,
  time: CLONE_NEWTIME,
};

export interface CloneChildOptions {
  /** Made new for the child. */
  readonly namespaces: readonly NamespaceType[];
  /** cgroup v2 directory for the child to be born in. */
  readonly cgroup: Fd | undefined;
  /** The child's parent is the caller's parent: clone3(2), CLONE_PARENT. */
  readonly sibling?: boolean;
}

/**
 * The only place where a process of the container is cloned. The child goes on in a copy of this heap, runs `body` and can
 * never come back: an escaping exception would unwind the parent's scopes, and undo the parent's work, inside the child.
 *
 * Returns the pid as the caller's pid namespace sees it. Throws SyscallError when clone3(2) refuses.
 */
export function cloneChild(options: CloneChildOptions, body: () => never): number {
  let flags = options.sibling === true ? CLONE_PARENT : 0;
  for (const type of options.namespaces) flags |= cloneFlags[type];
  return cloneAs({ flags: flags >>> 0, cgroup: options.cgroup, ...(options.sibling === true ? { exitSignal: 0 } : {}) }, body);
}

/**
 * Clones a sibling of this process that runs `body`, and sleeps until it has become a program or ended. Its parent is the
 * caller's. Works under the filters of engines, which may be loaded already. clone(2), CLONE_VFORK
 */
export function cloneLast(body: () => never): number {
  return goOnAs(cloneFiltered(CLONE_PARENT | CLONE_VFORK, 0), body);
}

function cloneAs(options: CloneOptions, body: () => never): number {
  return goOnAs(cloneInto(options), body);
}

function cloneInto(options: CloneOptions): number {
  try {
    return clone(options).pid;
  } catch (error) {
    throw isErrno(error, "EOPNOTSUPP") ? failedWithin("clone into the cgroup", error, cgroupHints) : error;
  }
}

const cgroupHints = { EOPNOTSUPP: "the cgroup is in a threaded subtree (cgroup.type), where no process can begin" } as const;

function goOnAs(pid: number, body: () => never): number {
  if (pid !== 0) return pid;
  try {
    body();
  } finally {
    exitProcess(1);
  }
}

/** Kills a child of this process and reaps it; one that is gone already is fine. */
export function killChild(pid: number): ExitStatus | undefined {
  try {
    using pidfd = openPidfd(pid);
    signalPidfd(pidfd, SIGKILL);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
  try {
    return waitPid(pid);
  } catch (error) {
    if (isErrno(error, "ECHILD")) return undefined; // not ours any more, or reaped before
    throw error;
  }
}

/** `exit status 3` or `killed by signal 9`. */
export function describeExitStatus(status: ExitStatus): string {
  return "code" in status ? `exit status ${status.code}` : `killed by signal ${status.signal}`;
}
