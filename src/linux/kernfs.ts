// SPDX-License-Identifier: Apache-2.0
/** Files of cgroup and sysfs whose change can be waited for: poll(2) says POLLPRI once after each change. */
import { lseek } from "runt:ffi";
import { fdNumber, type FdLike } from "./fd.ts";
import { readFd } from "./file.ts";

/** The text as it is now, read from the start; the next change is one since this call. */
export function readAgain(fd: FdLike): string {
  lseek(fdNumber(fd), 0, 0);
  return readFd(fd);
}
