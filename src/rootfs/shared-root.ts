// SPDX-License-Identifier: Apache-2.0
/** The root of a container that shares the host's mount namespace: chroot(2) is all that there is. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_PATH, openFile } from "../linux/file.ts";
import { chdir, chdirFd, chroot } from "../linux/process.ts";

/** The root directory of a process; undefined when it has ended. */
export function openRootOf(pid: number): Fd | undefined {
  try {
    return openFile(`/proc/${pid}/root`, O_PATH | O_DIRECTORY);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/** Makes `root` the "/" of this process. */
export function enterRoot(root: Fd): void {
  chdirFd(root);
  chroot(".");
  chdir("/");
}
