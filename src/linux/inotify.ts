// SPDX-License-Identifier: Apache-2.0
/** Hearing of changes in directories. inotify(7) */
import { IN_ATTRIB, IN_CLOEXEC, IN_DELETE, IN_NONBLOCK } from "#gen/constants.ts";
import { inotify_add_watch, inotify_init1 } from "runt:ffi";
import { isErrno } from "./errors.ts";
import { Fd } from "./fd.ts";
import { readBytes } from "./file.ts";

/** A descriptor that can be read when a name goes away in one of these directories, or their metadata change. */
export function watchDirectories(paths: readonly string[]): Fd {
  const fd = new Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  for (const path of paths) inotify_add_watch(fd.number, path, IN_DELETE | IN_ATTRIB);
  return fd;
}

/** Forgets what has happened so far. */
export function forgetChanges(fd: Fd): void {
  try {
    readBytes(fd, new Uint8Array(65_536));
  } catch (error) {
    if (!isErrno(error, "EAGAIN")) throw error;
  }
}
