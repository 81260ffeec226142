// SPDX-License-Identifier: Apache-2.0
/** Blocking signals and reading them from a descriptor. There are no handlers in this program. */
import { SFD_CLOEXEC, SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK } from "#gen/constants.ts";
import { signalfd_siginfo } from "#gen/structs.ts";
import { read, reset_signal_actions, rt_sigprocmask, signalfd4 } from "runt:ffi";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { unpack } from "./struct.ts";

export {
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGKILL,
  SIGPIPE,
  SIGQUIT,
  SIGTERM,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
} from "#gen/constants.ts";

const SET_SIZE = 8;
const ALL = 0xffff_ffff_ffff_ffffn;

/** A signal set as the kernel's 64 bits. */
export type SignalSet = bigint;

/** The set of these signals. */
export function signalSet(signals: readonly number[]): SignalSet {
  return signals.reduce((set, signal) => set | (1n << BigInt(signal - 1)), 0n);
}

/** All signals except these. */
export function allSignalsExcept(signals: readonly number[]): SignalSet {
  return ALL & ~signalSet(signals);
}

function changeMask(how: number, set: SignalSet): SignalSet {
  const before = new BigUint64Array(1);
  rt_sigprocmask(how, new BigUint64Array([set]), before, SET_SIZE);
  return before[0] ?? 0n;
}

/** Adds to the blocked signals and returns the set before. sigprocmask(2) */
export function blockSignals(set: SignalSet): SignalSet {
  return changeMask(SIG_BLOCK, set);
}

/** Takes from the blocked signals and returns the set before. sigprocmask(2) */
export function unblockSignals(set: SignalSet): SignalSet {
  return changeMask(SIG_UNBLOCK, set);
}

/** Sets the blocked signals and returns the set before. sigprocmask(2) */
export function setSignalMask(set: SignalSet): SignalSet {
  return changeMask(SIG_SETMASK, set);
}

/**
 * Every signal at its default action, none blocked: what a program expects of a fresh process. Signals that the caller
 * ignored would otherwise stay ignored across execve(2).
 */
export function resetSignals(): void {
  reset_signal_actions();
  setSignalMask(0n);
}

/** A descriptor from which blocked signals of `set` are read. signalfd(2) */
export function openSignalFd(set: SignalSet): Fd {
  return new Fd(signalfd4(-1, new BigUint64Array([set]), SET_SIZE, SFD_CLOEXEC));
}

/** The next signal of a signalfd; waits for one. */
export function readSignal(fd: FdLike): number {
  const info = new Uint8Array(signalfd_siginfo.size);
  read(fdNumber(fd), info, info.length);
  return unpack(signalfd_siginfo, info, "ssi_signo");
}
