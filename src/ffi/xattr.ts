// SPDX-License-Identifier: Apache-2.0
/** Extended attributes of open files. */
import type { Functions } from "./declare.ts";

export const functions = {
  flistxattr: { header: "sys/xattr.h", params: { fd: "fd", list: "buffer?", size: "size" }, returns: "size" },
  fgetxattr: {
    header: "sys/xattr.h",
    params: { fd: "fd", name: "path", value: "buffer?", size: "size" },
    returns: "size",
  },
  fsetxattr: {
    header: "sys/xattr.h",
    params: { fd: "fd", name: "path", value: "buffer", size: "size", flags: "int" },
    returns: "status",
  },
} as const satisfies Functions;
