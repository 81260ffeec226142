// SPDX-License-Identifier: Apache-2.0
/** The ids that the kernel checks file access with, apart from all other ids. */
import { setfsgid, setfsuid } from "runt:ffi";

/**
 * Runs `step` with the file system ids `uid` and `gid`. With a uid other than 0 the capabilities that override file
 * permissions do not count meanwhile; groups stay as they are. setfsuid(2), setfsgid(2)
 */
export function withFileSystemIds<T>(uid: number, gid: number, step: () => T): T {
  const gidBefore = setfsgid(gid);
  const uidBefore = setfsuid(uid);
  try {
    return step();
  } finally {
    setfsuid(uidBefore);
    setfsgid(gidBefore);
  }
}
