// SPDX-License-Identifier: Apache-2.0
/** Processes: making, waiting for, signalling and becoming one. What one *is* (ids, limits) is in identity.ts. */
import {
  AT_EMPTY_PATH,
  CLD_EXITED,
  CLONE_INTO_CGROUP,
  CLONE_PIDFD,
  PR_GET_DUMPABLE,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_DUMPABLE,
  PR_SET_NAME,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  P_PID,
  P_PIDFD,
  SIGCHLD,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  __WALL,
} from "#gen/constants.ts";
import { clone_args, siginfo } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { crash, partHeap, decodeUtf8, encodeUtf8 } from "runt:host";
import { addressOf } from "./address.ts";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { pack, unpack } from "./struct.ts";

export { CLONE_PARENT, CLONE_INTO_CGROUP, CLONE_VFORK } from "#gen/constants.ts";

export interface CloneOptions {
  /** CLONE_NEW… of the namespaces to make, CLONE_PARENT. */
  readonly flags?: number;
  /** Whether the parent gets a pidfd. */
  readonly pidfd?: boolean;
  /** cgroup v2 directory to be born in. Linux 5.7 */
  readonly cgroup?: FdLike | undefined;
  /** Signal to the parent at the end; SIGCHLD when not given. Must be 0 with CLONE_PARENT. */
  readonly exitSignal?: number;
}

export interface Cloned {
  /** 0 in the child. */
  readonly pid: number;
  /** In the parent, when asked for. */
  readonly pidfd: Fd | undefined;
}

/**
 * Makes a child that goes on in a copy of this heap. clone3(2)
 *
 * In the child nothing may unwind into the scopes of the parent: it must end in execve() or exitProcess().
 */
export function clone(options: CloneOptions = {}): Cloned {
  const pidfd = new Int32Array([-1]);
  const pidfdBytes = new Uint8Array(pidfd.buffer);
  const args = pack(clone_args, {
    flags:
      (options.flags ?? 0) + (options.pidfd === true ? CLONE_PIDFD : 0) + (options.cgroup === undefined ? 0 : CLONE_INTO_CGROUP),
    pidfd: options.pidfd === true ? addressOf(pidfdBytes) : 0,
    exit_signal: options.exitSignal ?? SIGCHLD,
    cgroup: options.cgroup === undefined ? 0 : fdNumber(options.cgroup),
  });
  const pid = ffi.clone3(args, args.length);
  partHeap();
  const number = pidfd[0] ?? -1;
  return { pid, pidfd: pid !== 0 && number !== -1 ? new Fd(number) : undefined };
}

/**
 * As clone() without a pidfd or a cgroup, for a process that has a system call filter: most of them know clone3(2) not at all, for
 * they cannot look at its arguments, and let clone(2) through. clone(2)
 */
export function cloneFiltered(flags: number, exitSignal: number): number {
  return ffi.clone(flags | exitSignal, null, null, null, 0);
}

/** How a process ended: by exit(2) with `code`, or by a signal. */
export type ExitStatus = { readonly code: number } | { readonly signal: number };

/** The number a shell would report: the code, or 128 + signal. */
export function shellStatus(status: ExitStatus): number {
  return "code" in status ? status.code : 128 + status.signal;
}

/** `exit status 1`, `signal 9`. */
export function describeExit(status: ExitStatus): string {
  return "code" in status ? `exit status ${status.code}` : `signal ${status.signal}`;
}

function waitFor(type: number, id: number, options: number): { pid: number; status: ExitStatus } | undefined {
  const info = new Uint8Array(siginfo.size);
  ffi.waitid(type, id, info, options | WEXITED | __WALL, null);
  const pid = unpack(siginfo, info, "si_pid");
  if (pid === 0) return undefined; // WNOHANG, and nobody has ended
  const value = unpack(siginfo, info, "si_status");
  return { pid, status: unpack(siginfo, info, "si_code") === CLD_EXITED ? { code: value } : { signal: value } };
}

function mustHaveEnded(ended: { status: ExitStatus } | undefined): ExitStatus {
  if (ended === undefined) throw new Error("waitid returned without a status");
  return ended.status;
}

/** Waits for the child `pid` and reaps it. waitid(2) */
export function waitPid(pid: number): ExitStatus {
  return mustHaveEnded(waitFor(P_PID, pid, 0));
}

/** Waits for the child behind `pidfd` and reaps it. waitid(2), P_PIDFD */
export function waitPidfd(pidfd: FdLike): ExitStatus {
  return mustHaveEnded(waitFor(P_PIDFD, fdNumber(pidfd), 0));
}

/** Reaps the child `pid` if it has ended already; undefined if not. */
export function tryWaitPid(pid: number): ExitStatus | undefined {
  return waitFor(P_PID, pid, WNOHANG)?.status;
}

/** Whether `pid` is a child of this process, ended or not. waitid(2), WNOWAIT */
export function isChild(pid: number): boolean {
  try {
    waitFor(P_PID, pid, WNOHANG | WNOWAIT);
    return true;
  } catch (error) {
    if (isErrno(error, "ECHILD", "EINVAL")) return false; // EINVAL: no pid at all
    throw error;
  }
}

/** Reaps one child that has ended, whichever; undefined when there is none (yet). */
export function reapAny(): { readonly pid: number; readonly status: ExitStatus } | undefined {
  const status = new Int32Array(1);
  let pid: number;
  try {
    pid = ffi.wait4(-1, status, WNOHANG | __WALL, null);
  } catch (error) {
    if (isErrno(error, "ECHILD")) return undefined; // no children at all
    throw error;
  }
  if (pid === 0) return undefined;
  const word = status[0] ?? 0;
  const signal = word & 0x7f;
  return { pid, status: signal === 0 ? { code: (word >> 8) & 0xff } : { signal } };
}

/** A descriptor for a process, immune to the reuse of its pid. pidfd_open(2) */
export function openPidfd(pid: number): Fd {
  return new Fd(ffi.pidfd_open(pid, 0));
}

/** A copy of descriptor `number` of another process. It takes the right to trace that. pidfd_getfd(2) */
export function copyFd(pidfd: FdLike, number: number): Fd {
  return new Fd(ffi.pidfd_getfd(fdNumber(pidfd), number, 0));
}

/** Sends a signal through a pidfd. pidfd_send_signal(2) */
export function signalPidfd(pidfd: FdLike, signal: number): void {
  ffi.pidfd_send_signal(fdNumber(pidfd), signal, null, 0);
}

/** Sends a signal to a pid (0 only tests whether it is there). kill(2) */
export function kill(pid: number, signal: number): void {
  ffi.kill(pid, signal);
}

/** Whether a process with this pid is there, a zombie included. */
export function processExists(pid: number): boolean {
  try {
    ffi.kill(pid, 0);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    if (isErrno(error, "EPERM")) return true; // it is there and belongs to somebody else
    throw error;
  }
}

/** Becomes another program. Returns only by throwing. execve(2) */
export function execve(path: string, args: readonly string[], env: readonly string[]): never {
  ffi.execve(path, args, env);
  throw new Error("execve returned");
}

/** Becomes the program behind `fd`. Returns only by throwing. execveat(2) */
export function execFd(fd: FdLike, args: readonly string[], env: readonly string[]): never {
  ffi.execveat(fdNumber(fd), "", args, env, AT_EMPTY_PATH);
  throw new Error("execveat returned");
}

/**
 * Ends the process at once: no exit handlers, no unwinding. exit_group(2)
 *
 * Where a filter refuses even that, the process dies: going on would be worse, in a copy of its parent most of all.
 */
export function exitProcess(code: number): never {
  try {
    ffi.exit_group(code);
  } finally {
    crash();
  }
}

export const getPid = (): number => ffi.getpid();
export const getParentPid = (): number => ffi.getppid();
export const getThreadId = (): number => ffi.gettid();

/** Starts a new session without a controlling terminal. setsid(2) */
export function newSession(): void {
  ffi.setsid();
}

/** Sets the process group. setpgid(2) */
export function setProcessGroup(pid: number, group: number): void {
  ffi.setpgid(pid, group);
}

/** The signal that this process gets when its parent thread ends; 0 for none. prctl(2), PR_SET_PDEATHSIG */
export function setParentDeathSignal(signal: number): void {
  ffi.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/** Whether /proc/self and ptrace(2) are open to others of the same uid. prctl(2), PR_SET_DUMPABLE */
export function setDumpable(on: boolean): void {
  ffi.prctl(PR_SET_DUMPABLE, on ? 1 : 0, 0, 0, 0);
}

/** prctl(2), PR_GET_DUMPABLE */
export function isDumpable(): boolean {
  return ffi.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) === 1;
}

/**
 * Runs `step`, which uses a file of /proc/self. They belong to root while the process is not dumpable, as after every change of
 * its ids; when that is what stands in the way, it is dumpable for as long as this takes.
 */
export function withOwnProcFiles<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!isErrno(error, "EACCES") || isDumpable()) throw error;
  }
  setDumpable(true);
  try {
    return step();
  } finally {
    setDumpable(false);
  }
}

/** No set-id bit nor file capability counts from here on, for good. prctl(2), PR_SET_NO_NEW_PRIVS */
export function setNoNewPrivileges(): void {
  ffi.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/** Orphaned descendants become children of this process. prctl(2), PR_SET_CHILD_SUBREAPER */
export function setChildSubreaper(on: boolean): void {
  ffi.prctl(PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0);
}

/** Name of the thread in ps(1), at most 15 bytes. prctl(2), PR_SET_NAME */
export function setProcessName(name: string): void {
  const bytes = encodeUtf8(`${name}\0`);
  ffi.prctl(PR_SET_NAME, addressOf(bytes), 0, 0, 0);
}

/** Changes the current directory. chdir(2) */
export function chdir(path: string): void {
  ffi.chdir(path);
}

/** Changes the current directory to an open one. fchdir(2) */
export function chdirFd(fd: FdLike): void {
  ffi.fchdir(fdNumber(fd));
}

/** Changes the root directory. chroot(2) */
export function chroot(path: string): void {
  ffi.chroot(path);
}

/** The current directory as the kernel tells it: "(unreachable)/…" when it is outside the root. getcwd(2) */
export function currentDirectoryPath(): string {
  const buffer = new Uint8Array(4096);
  const length = ffi.getcwd(buffer, buffer.length);
  return decodeUtf8(buffer.subarray(0, length - 1)); // the count includes the NUL
}
