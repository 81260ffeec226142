// SPDX-License-Identifier: Apache-2.0
/** Addresses of buffers, for structs that hold pointers (msghdr, iovec, bpf_attr) and for ioctl(2). */
import { memmove } from "runt:ffi";

/**
 * The address of the first byte of `buffer`, as a number (user addresses are below 2^53 on every supported architecture).
 * The caller keeps `buffer` in a variable until the call that uses the address has returned: the engine never moves a
 * buffer, and frees it with its last reference.
 */
export function addressOf(buffer: Uint8Array): number {
  // memmove(3) of no bytes returns its first argument: the address, without a native function of our own.
  return Number(memmove(buffer, buffer, 0));
}
