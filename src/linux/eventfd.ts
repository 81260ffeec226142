// SPDX-License-Identifier: Apache-2.0
/** A counter that the kernel adds to when something happens. eventfd(2) */
import { EFD_CLOEXEC, EFD_NONBLOCK } from "#gen/constants.ts";
import { eventfd } from "runt:ffi";
import { isErrno } from "./errors.ts";
import { Fd, type FdLike } from "./fd.ts";
import { readBytes } from "./file.ts";

/** A new counter at 0, close-on-exec, which does not block. */
export function openEventFd(): Fd {
  return new Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/** The count since it was read last; 0 when nothing has happened. */
export function takeCount(fd: FdLike): number {
  const bytes = new Uint8Array(8);
  try {
    readBytes(fd, bytes);
  } catch (error) {
    if (isErrno(error, "EAGAIN")) return 0;
    throw error;
  }
  return Number(new DataView(bytes.buffer).getBigUint64(0, true));
}
