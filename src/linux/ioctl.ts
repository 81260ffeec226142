// SPDX-License-Identifier: Apache-2.0
/** ioctl(2) with an integer or a buffer. */
import { ioctl as ioctlCall } from "runt:ffi";
import { addressOf } from "./address.ts";
import { fdNumber, type FdLike } from "./fd.ts";

/** A request whose argument is an integer, or nothing. */
export function ioctl(fd: FdLike, request: number, arg = 0): number {
  return ioctlCall(fdNumber(fd), request, arg);
}

/** A request that reads or writes `buffer`. */
export function ioctlBuffer(fd: FdLike, request: number, buffer: Uint8Array): number {
  return ioctlCall(fdNumber(fd), request, addressOf(buffer));
}
