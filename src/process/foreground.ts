// SPDX-License-Identifier: Apache-2.0
/** Staying with a process in the foreground: pass signals on, copy its terminal, and return how it ended. */
import type { Fd } from "../linux/fd.ts";
import { isErrno } from "../linux/errors.ts";
import { poll, POLLIN, type Pollable } from "../linux/poll.ts";
import { type ExitStatus, openPidfd, reapAny, setChildSubreaper, shellStatus, signalPidfd } from "../linux/process.ts";
import { allSignalsExcept, blockSignals, openSignalFd, readSignal, SIGCHLD, SIGURG, SIGWINCH } from "../linux/signals.ts";

/** Before the clone of a foreground container: its process is ours to wait for, even when an intermediate made it. */
export function adoptDescendants(): void {
  setChildSubreaper(true);
}

/**
 * Before the clone: signals wait in a descriptor from here on instead of ending the runtime. Close it when the process has
 * ended. signalfd(2)
 */
export function catchSignals(): Fd {
  const all = allSignalsExcept([]);
  blockSignals(all);
  return openSignalFd(all);
}

/** The relay of console/, as seen from here. */
export interface ForegroundTerminal extends Pollable {
  /** The caller's terminal has another size now. */
  resize(): void;
  /** The process has ended: copy what it wrote last. */
  finish(): void;
}

export interface ForegroundOptions {
  /** The process to stay with; a child or an adopted descendant. */
  readonly pid: number;
  /** From catchSignals(). */
  readonly signals: Fd;
  /** The terminal relay, when there is one. */
  readonly terminal?: ForegroundTerminal | undefined;
}

/** Runs until the process has ended; returns its status as a shell would, 128 + signal when it was killed. */
export function stayWith(options: ForegroundOptions): number {
  const { pid, signals, terminal } = options;
  using pidfd = openPidfd(pid);
  for (;;) {
    const [signalled = 0, ...events] = poll([{ fd: signals, events: POLLIN }, ...(terminal?.requests() ?? [])]);
    terminal?.handle(events);
    const signal = signalled === 0 ? undefined : readSignal(signals);
    const status = signal === SIGCHLD ? reapUntil(pid) : undefined;
    if (status !== undefined) {
      terminal?.finish();
      return shellStatus(status);
    }
    if (signal === SIGWINCH && terminal !== undefined) terminal.resize();
    else if (signal !== undefined && signal !== SIGCHLD && signal !== SIGURG) forward(pidfd, signal);
  }
}

/** Reaps every child that has ended, adopted ones too; the status of `pid` if it is among them. */
function reapUntil(pid: number): ExitStatus | undefined {
  let status: ExitStatus | undefined;
  for (let ended = reapAny(); ended !== undefined; ended = reapAny()) {
    if (ended.pid === pid) status = ended.status;
  }
  return status;
}

function forward(pidfd: Fd, signal: number): void {
  try {
    signalPidfd(pidfd, signal);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error; // it has ended meanwhile; SIGCHLD is on its way
  }
}
