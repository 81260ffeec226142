// SPDX-License-Identifier: Apache-2.0
/** Hearing of changes of files. inotify(7) */
import { IN_ATTRIB, IN_CLOEXEC, IN_NONBLOCK } from "#gen/constants.ts";
import { inotify_add_watch, inotify_init1 } from "runt:ffi";
import { isErrno } from "./errors.ts";
import { Fd } from "./fd.ts";
import { readBytes } from "./file.ts";

/**
 * A descriptor that can be read when the metadata of one of these files change, such as the number of its names. Of `ifThere` some
 * may be missing.
 */
export function watchPaths(paths: readonly string[], ifThere: readonly string[]): Fd {
  const fd = new Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  for (const path of paths) watch(fd, path);
  for (const path of ifThere) {
    try {
      watch(fd, path);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }
  return fd;
}

function watch(fd: Fd, path: string): void {
  inotify_add_watch(fd.number, path, IN_ATTRIB);
}

/** Forgets what has happened so far. */
export function forgetChanges(fd: Fd): void {
  try {
    readBytes(fd, new Uint8Array(65_536));
  } catch (error) {
    if (!isErrno(error, "EAGAIN")) throw error;
  }
}
