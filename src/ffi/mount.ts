// SPDX-License-Identifier: Apache-2.0
/** Mounts: trees, file systems, attributes, and the change of the root directory. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  open_tree: { syscall: true, params: { dirfd: "fd", path: "path", flags: "uint" }, returns: "fd" },
  move_mount: {
    syscall: true,
    params: { from: "fd", from_path: "path", to: "fd", to_path: "path", flags: "uint" },
    returns: "status",
  },
  mount_setattr: {
    syscall: true,
    params: { dirfd: "fd", path: "path", flags: "uint", attr: "buffer", size: "size" },
    returns: "status",
  },
  fsopen: { syscall: true, params: { type: "path", flags: "uint" }, returns: "fd" },
  fsconfig: {
    syscall: true,
    params: { fs: "fd", command: "uint", key: "path?", value: "text?", aux: "int" },
    returns: "status",
  },
  fsmount: { syscall: true, params: { fs: "fd", flags: "uint", attributes: "uint" }, returns: "fd" },
  fspick: { syscall: true, params: { dirfd: "fd", path: "path", flags: "uint" }, returns: "fd" },
  mount: {
    header: "sys/mount.h",
    params: { source: "path?", target: "path", type: "text?", flags: "ulong", data: "text?" },
    returns: "status",
  },
  umount2: { header: "sys/mount.h", params: { path: "path", flags: "int" }, returns: "status" },
  pivot_root: { syscall: true, params: { root: "path", old: "path" }, returns: "status" },
  setfsuid: { syscall: true, params: { uid: "uint" }, returns: "raw" },
  setfsgid: { syscall: true, params: { gid: "uint" }, returns: "raw" },
} as const satisfies Functions;

export const structs = {
  mount_attr: {
    header: "linux/mount.h",
    c: "struct mount_attr",
    fields: ["attr_set", "attr_clr", "propagation", "userns_fd"],
  },
} as const satisfies Structs;

export const constants = {
  "fcntl.h": ["AT_RECURSIVE"],
  "linux/stat.h": ["STATX_TYPE"],
  "sys/mount.h": [
    "MNT_DETACH",
    "UMOUNT_NOFOLLOW",
    "MS_RDONLY",
    "MS_NOSUID",
    "MS_NODEV",
    "MS_NOEXEC",
    "MS_SYNCHRONOUS",
    "MS_MANDLOCK",
    "MS_DIRSYNC",
    "MS_NOATIME",
    "MS_NODIRATIME",
    "MS_RELATIME",
    "MS_STRICTATIME",
    "MS_SILENT",
    "MS_I_VERSION",
    "MS_LAZYTIME",
    "MS_NOSYMFOLLOW",
    "MS_SHARED",
    "MS_SLAVE",
    "MS_PRIVATE",
    "MS_UNBINDABLE",
  ],
  "linux/mount.h": [
    "OPEN_TREE_CLONE",
    "OPEN_TREE_CLOEXEC",
    "MOVE_MOUNT_F_EMPTY_PATH",
    "MOVE_MOUNT_T_EMPTY_PATH",
    "FSOPEN_CLOEXEC",
    "FSMOUNT_CLOEXEC",
    "FSPICK_CLOEXEC",
    "FSPICK_EMPTY_PATH",
    "FSCONFIG_SET_FLAG",
    "FSCONFIG_SET_STRING",
    "FSCONFIG_CMD_CREATE",
    "FSCONFIG_CMD_RECONFIGURE",
    "MOUNT_ATTR_RDONLY",
    "MOUNT_ATTR_NOSUID",
    "MOUNT_ATTR_NODEV",
    "MOUNT_ATTR_NOEXEC",
    "MOUNT_ATTR__ATIME",
    "MOUNT_ATTR_RELATIME",
    "MOUNT_ATTR_NOATIME",
    "MOUNT_ATTR_STRICTATIME",
    "MOUNT_ATTR_NODIRATIME",
    "MOUNT_ATTR_IDMAP",
    "MOUNT_ATTR_NOSYMFOLLOW",
  ],
} as const satisfies Constants;
