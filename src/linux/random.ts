// SPDX-License-Identifier: Apache-2.0
/** Randomness from the kernel. */
import { getrandom } from "runt:ffi";

/** `count` random bytes (at most 256, which the kernel gives in one piece). getrandom(2) */
export function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  getrandom(bytes, count, 0);
  return bytes;
}

/** `count` random bytes as hexadecimal digits. */
export function randomHex(count: number): string {
  return [...randomBytes(count)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
