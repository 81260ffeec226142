// SPDX-License-Identifier: Apache-2.0
/** Extended attributes of open files. xattr(7) */
import { fgetxattr, flistxattr, fsetxattr } from "runt:ffi";
import { decodeUtf8 } from "runt:host";
import { fdNumber, type FdLike } from "./fd.ts";

/** The names of the extended attributes of an open file. flistxattr(2) */
export function listXattrs(fd: FdLike): string[] {
  const size = flistxattr(fdNumber(fd), null, 0);
  if (size === 0) return [];
  const list = new Uint8Array(size);
  const length = flistxattr(fdNumber(fd), list, size);
  return decodeUtf8(list.subarray(0, length))
    .split("\0")
    .filter((name) => name !== "");
}

/** Copies the extended attribute `name` from one open file to another. fgetxattr(2), fsetxattr(2) */
export function copyXattr(from: FdLike, to: FdLike, name: string): void {
  const value = new Uint8Array(fgetxattr(fdNumber(from), name, null, 0));
  const length = value.length === 0 ? 0 : fgetxattr(fdNumber(from), name, value, value.length);
  fsetxattr(fdNumber(to), name, value, length, 0);
}
