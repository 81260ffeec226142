// SPDX-License-Identifier: Apache-2.0
/** The kernel's key rings. keyctl(2) */
import { KEYCTL_DESCRIBE, KEYCTL_JOIN_SESSION_KEYRING, KEYCTL_SETPERM } from "#gen/constants.ts";
import { keyctl } from "runt:ffi";
import { decodeUtf8, encodeUtf8 } from "runt:host";
import { addressOf } from "./address.ts";

/** Joins the session keyring `name`, made if it is not there, and returns its serial number. KEYCTL_JOIN_SESSION_KEYRING */
export function joinSessionKeyring(name: string): number {
  const text = encodeUtf8(`${name}\0`);
  return keyctl(KEYCTL_JOIN_SESSION_KEYRING, addressOf(text), 0, 0, 0);
}

/** What the kernel tells of a key: type, uid, gid, permissions (hexadecimal), description; split at ";". KEYCTL_DESCRIBE */
export function describeKey(serial: number): string[] {
  const buffer = new Uint8Array(1024);
  const length = keyctl(KEYCTL_DESCRIBE, serial, addressOf(buffer), buffer.length, 0);
  return decodeUtf8(buffer.subarray(0, Math.min(length, buffer.length) - 1)).split(";");
}

/** Sets the permission mask of a key. KEYCTL_SETPERM */
export function setKeyPermissions(serial: number, permissions: number): void {
  keyctl(KEYCTL_SETPERM, serial, permissions, 0, 0);
}
