// SPDX-License-Identifier: Apache-2.0
/** Taking a descriptor out of a process that is under its seccomp filter already, and may call little. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { copyFd, openPidfd } from "../linux/process.ts";

/** Descriptor `number` of process `pid`; undefined where this user may not take it. */
export function takeFd(pid: number, number: number): Fd | undefined {
  using pidfd = openPidfd(pid);
  try {
    return copyFd(pidfd, number);
  } catch (error) {
    if (isErrno(error, "EPERM", "ENOSYS")) return undefined; // EPERM: who is not root; ENOSYS: Linux before 5.6
    throw error;
  }
}
