// SPDX-License-Identifier: Apache-2.0
/**
 * Mounts as descriptors: clone a tree, set its attributes while nobody can reach it, put it in its place. File systems that
 * are made new are in filesystem.ts. Linux 5.12
 */
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  AT_SYMLINK_NOFOLLOW,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
  UMOUNT_NOFOLLOW,
} from "#gen/constants.ts";
import { mount_attr } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { pack } from "./struct.ts";

export interface CloneTreeOptions {
  /** Directory that `path` starts from; the current one if not given. */
  readonly dir?: FdLike;
  /** With everything that is mounted below. */
  readonly recursive?: boolean;
  /** A last component that is a symbolic link is cloned itself. */
  readonly noFollow?: boolean;
}

/** Makes a detached copy of the mount at `path` (an empty one: of `dir` itself), rooted there. open_tree(2), OPEN_TREE_CLONE */
export function cloneTree(path: string, options: CloneTreeOptions = {}): Fd {
  const flags =
    OPEN_TREE_CLONE |
    OPEN_TREE_CLOEXEC |
    (path === "" ? AT_EMPTY_PATH : 0) |
    (options.recursive === true ? AT_RECURSIVE : 0) |
    (options.noFollow === true ? AT_SYMLINK_NOFOLLOW : 0);
  return new Fd(ffi.open_tree(fdNumber(options.dir ?? AT_FDCWD), path, flags));
}

/**
 * Puts the mount behind `tree` on `name` in `dir`, or with an empty name on `dir` itself. A last component that is a symbolic
 * link is not followed. The descriptor stays open and is the root of what was mounted. move_mount(2)
 */
export function moveMount(tree: FdLike, dir: FdLike, name: string): void {
  const flags = MOVE_MOUNT_F_EMPTY_PATH | (name === "" ? MOVE_MOUNT_T_EMPTY_PATH : 0);
  ffi.move_mount(fdNumber(tree), "", fdNumber(dir), name, flags);
}

export interface MountAttributes {
  /** MOUNT_ATTR_… to set and to clear. */
  readonly set?: number;
  readonly clear?: number;
  /** MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE. */
  readonly propagation?: number | undefined;
  /** For MOUNT_ATTR_IDMAP: the user namespace with the mapping. */
  readonly userNamespace?: FdLike | undefined;
}

export interface AttributeTarget {
  /** Path of the mount's root, below the descriptor; the descriptor itself if not given. */
  readonly path?: string;
  /** The mounts below too. */
  readonly recursive?: boolean;
}

/** Changes attributes and propagation of the mount that `fd` is the root of. mount_setattr(2), Linux 5.12 */
export function setMountAttributes(fd: FdLike, attributes: MountAttributes, target: AttributeTarget = {}): void {
  const path = target.path ?? "";
  const bytes = pack(mount_attr, {
    attr_set: attributes.set ?? 0,
    attr_clr: attributes.clear ?? 0,
    propagation: attributes.propagation ?? 0,
    userns_fd: attributes.userNamespace === undefined ? 0 : fdNumber(attributes.userNamespace),
  });
  const flags = (path === "" ? AT_EMPTY_PATH : 0) | (target.recursive === true ? AT_RECURSIVE : 0);
  try {
    ffi.mount_setattr(fdNumber(fd), path, flags, bytes, bytes.length);
  } catch (error) {
    if (isErrno(error, "ENOSYS"))
      throw new Error("this kernel has no mount_setattr(2): Linux 5.12 or newer is needed", { cause: error });
    throw error;
  }
}

export interface ClassicMount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  /** MS_… */
  readonly flags: number;
  /** Comma separated, less than a page. */
  readonly data: string;
}

/** The one call that does it all, for what the newer calls cannot express. mount(2) */
export function classicMount(mount: ClassicMount): void {
  ffi.mount(mount.source, mount.target, mount.type, mount.flags, mount.data === "" ? null : mount.data);
}

/**
 * Takes the mounts at `path` out of the tree at once, and lets them go when nobody uses them. A last component that is a symbolic
 * link is not followed. umount(2), MNT_DETACH, UMOUNT_NOFOLLOW
 */
export function unmountDetached(path: string): void {
  ffi.umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
}

/** Makes the mount `root` the root of the mount namespace and puts the old root on `old`. pivot_root(2) */
export function pivotRoot(root: string, old: string): void {
  ffi.pivot_root(root, old);
}
