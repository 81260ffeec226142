// SPDX-License-Identifier: Apache-2.0
/**
 * Finding things in the container's root. The root file system is hostile: the kernel itself keeps every walk inside
 * (RESOLVE_IN_ROOT), and what was found is used as a descriptor, never as a path again.
 */
import { isErrno } from "../linux/errors.ts";
import type { Fd, FdLike } from "../linux/fd.ts";
import { O_DIRECTORY, O_NOFOLLOW, O_PATH, openat2At, RESOLVE_IN_ROOT, RESOLVE_NO_SYMLINKS } from "../linux/file.ts";
import { relativeToRoot } from "./paths.ts";

export interface ResolveOptions {
  /** ENOTDIR unless it is a directory. */
  readonly directory?: boolean;
  /** ELOOP when any component is a symbolic link. */
  readonly noSymlinks?: boolean;
  /** A last component that is a symbolic link is opened itself. */
  readonly noFollow?: boolean;
}

/**
 * Opens what is at the absolute `path` inside `root` (O_PATH). Symbolic links lead where they lead in the container. Throws
 * ENOENT and the rest; see openInRootIfAny(). openat2(2)
 */
export function openInRoot(root: FdLike, path: string, options: ResolveOptions = {}): Fd {
  const flags = O_PATH | (options.directory === true ? O_DIRECTORY : 0) | (options.noFollow === true ? O_NOFOLLOW : 0);
  const resolve = RESOLVE_IN_ROOT | (options.noSymlinks === true ? RESOLVE_NO_SYMLINKS : 0);
  try {
    return openat2At(root, relativeToRoot(path), { flags, resolve });
  } catch (error) {
    // the kernel gives up a walk that a rename elsewhere has raced, and openat2At() has then tried more than often enough
    if (isErrno(error, "EAGAIN")) {
      throw new Error(`find ${JSON.stringify(path)} in the root file system: directories kept being moved meanwhile`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** As openInRoot(), or undefined where there is nothing at `path`. */
export function openInRootIfAny(root: FdLike, path: string, options: ResolveOptions = {}): Fd | undefined {
  try {
    return openInRoot(root, path, options);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}
