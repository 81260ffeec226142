// SPDX-License-Identifier: Apache-2.0
/** Ownership of file descriptors. */
import {
  AT_FDCWD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  O_CLOEXEC,
  O_NONBLOCK,
} from "#gen/constants.ts";
import { close, close_range, dup3, fcntl, pipe2 } from "runt:ffi";

export { CLOSE_RANGE_CLOEXEC } from "#gen/constants.ts";

/**
 * A descriptor with one owner. `using fd = openFile(…)` closes it at the end of the scope, `release()` hands it on.
 * Reading `number` after either of them throws: a stale number may by then be someone else's file.
 */
export class Fd {
  #number: number;

  constructor(number: number) {
    this.#number = number;
  }

  /** The descriptor's number, for a call; it stays owned by this object. */
  get number(): number {
    if (this.#number === -1) throw new Error("use of a file descriptor that was closed or handed on");
    return this.#number;
  }

  /** Whether this object still owns a descriptor. */
  get isOpen(): boolean {
    return this.#number !== -1;
  }

  /** Gives the descriptor up without closing it; the caller owns the number from here on. */
  release(): number {
    const number = this.number;
    this.#number = -1;
    return number;
  }

  /** Closes the descriptor; closing twice is harmless. close(2) */
  close(): void {
    if (this.#number === -1) return;
    const number = this.#number;
    this.#number = -1;
    close(number);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** An owned descriptor, or the number of one that somebody else owns (0, 1, 2, AT_FDCWD). */
export type FdLike = Fd | number;

/** The current directory, as a directory to start from. */
export const currentDirectory = AT_FDCWD;

/** The number behind `fd`. */
export function fdNumber(fd: FdLike): number {
  return typeof fd === "number" ? fd : fd.number;
}

/** A path that names the file behind `fd` for calls that take no descriptor; needs a mounted /proc. */
export function fdPath(fd: FdLike): string {
  return `/proc/self/fd/${fdNumber(fd)}`;
}

/** A second descriptor, close-on-exec, with a number of at least `atLeast`. fcntl(2), F_DUPFD_CLOEXEC */
export function duplicate(fd: FdLike, atLeast = 3): Fd {
  return new Fd(fcntl(fdNumber(fd), F_DUPFD_CLOEXEC, atLeast));
}

/** Makes `target` the same file as `fd`, open across execve(2) unless `closeOnExec`. dup3(2) */
export function duplicateTo(fd: FdLike, target: number, closeOnExec = false): void {
  const source = fdNumber(fd);
  if (source === target) setCloseOnExec(source, closeOnExec);
  else dup3(source, target, closeOnExec ? O_CLOEXEC : 0);
}

/** Whether `number` is an open descriptor. */
export function isOpenDescriptor(number: number): boolean {
  try {
    fcntl(number, F_GETFD, 0);
    return true;
  } catch {
    return false; // EBADF is the only error of F_GETFD
  }
}

/** Sets or clears close-on-exec. fcntl(2), F_SETFD */
export function setCloseOnExec(fd: FdLike, on: boolean): void {
  fcntl(fdNumber(fd), F_SETFD, on ? FD_CLOEXEC : 0);
}

/** Sets or clears O_NONBLOCK; it belongs to the open file, so everyone who shares it is affected. */
export function setNonBlocking(fd: FdLike, on: boolean): void {
  const flags = fcntl(fdNumber(fd), F_GETFL, 0);
  fcntl(fdNumber(fd), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/** `close_range(2)`: closes every descriptor from `first` on, or (CLOSE_RANGE_CLOEXEC) marks them all close-on-exec. */
export function closeRange(first: number, flags = 0): void {
  close_range(first, 0xffffffff, flags);
}

/** Both ends of a pipe, close-on-exec. pipe2(2) */
export function pipe(flags = 0): { read: Fd; write: Fd } {
  const ends = new Int32Array(2);
  pipe2(ends, flags | O_CLOEXEC);
  const [read = -1, write = -1] = ends;
  return { read: new Fd(read), write: new Fd(write) };
}

/** Closes every descriptor from `first` to `last`, both included. close_range(2) */
export function closeSpan(first: number, last: number): void {
  close_range(first, last, 0);
}
