// SPDX-License-Identifier: Apache-2.0
/** Staying with a process in the foreground: pass signals on, copy its terminal, and return how it ended. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { poll, POLLIN, type Pollable } from "../linux/poll.ts";
import { type ExitStatus, openPidfd, reapAny, setChildSubreaper, signalPidfd } from "../linux/process.ts";
import { allSignalsExcept, blockSignals, openSignalFd, readSignal, SIGCHLD, SIGURG, SIGWINCH } from "../linux/signals.ts";

/** Before the clone of a foreground container: what its process leaves behind is ours to reap, also when it daemonizes. */
export function becomeSubreaper(): void {
  setChildSubreaper(true);
}

/**
 * Signals wait in a descriptor from here on instead of ending the runtime. Before the clone, so that none is lost; a child
 * undoes it with restoreSignals(). signalfd(2)
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

export interface Foreground {
  /** The process to stay with: a child, or a descendant that came to us. */
  readonly pid: number;
  /** From catchSignals(), which is called now when it was not before. */
  readonly signals?: Fd | undefined;
  /** What joins the caller's terminal to that of the container, when there is one. */
  readonly terminal: ForegroundTerminal | undefined;
  /** What else is to be served meanwhile. */
  readonly beside?: Pollable | undefined;
}

/** Runs until the process has ended, and reaps it. Every signal is passed on to it, but those that are about the runtime itself. */
export function foreground({ pid, terminal, signals: given, beside }: Foreground): ExitStatus {
  const signals = given ?? catchSignals();
  using pidfd = openPidfd(pid);
  for (;;) {
    const watched = [pidfd, signals].map((fd) => ({ fd, events: POLLIN }));
    const [ofTerminal, ofOther] = [terminal?.requests() ?? [], beside?.requests() ?? []];
    const [ended = 0, signalled = 0, ...events] = poll([...watched, ...ofTerminal, ...ofOther]);
    terminal?.handle(events.slice(0, ofTerminal.length));
    beside?.handle(events.slice(ofTerminal.length));
    if (signalled !== 0) takeSignal(readSignal(signals), pidfd, terminal);
    const status = reapUntil(pid);
    if (status !== undefined) {
      terminal?.finish();
      return status;
    }
    if (ended !== 0) throw new Error(`process ${pid} has ended, and is not this process's to wait for`);
  }
}

function takeSignal(signal: number, pidfd: Fd, terminal: ForegroundTerminal | undefined): void {
  if (signal === SIGWINCH && terminal !== undefined) terminal.resize();
  else if (signal !== SIGCHLD && signal !== SIGURG) forward(pidfd, signal);
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
    if (!isErrno(error, "ESRCH")) throw error; // it has ended meanwhile
  }
}
