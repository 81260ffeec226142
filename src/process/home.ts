// SPDX-License-Identifier: Apache-2.0
/** HOME for a process whose config does not set it. */
import { isErrno } from "../linux/errors.ts";
import {
  O_DIRECTORY,
  O_NOCTTY,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  openat2At,
  openFile,
  readFd,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
} from "../linux/file.ts";
import type { Fd } from "../linux/fd.ts";
import { homeOf } from "../linux/proc/passwd.ts";
import { fstat } from "../linux/stat.ts";
import { environmentValue } from "./search-path.ts";

const PASSWD_LIMIT = 8 * 1024 * 1024;

/** Opens the container's passwd without being led anywhere: the file is the image's, and may be anything. */
function openPasswd(): Fd | undefined {
  using root = openFile("/", O_PATH | O_DIRECTORY);
  const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
  try {
    return openat2At(root, "etc/passwd", { flags, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS });
  } catch (error) {
    if (isErrno(error)) return undefined; // no file, no access, a loop of links: then there is no entry either
    throw error;
  }
}

/** The home directory of `uid` by the container's /etc/passwd, "/" when that does not say. */
function homeInContainer(uid: number): string {
  using passwd = openPasswd();
  if (passwd === undefined) return "/";
  const { type, size } = fstat(passwd);
  if (type !== "regular" || size > PASSWD_LIMIT) return "/";
  return homeOf(readFd(passwd, PASSWD_LIMIT), uid) ?? "/";
}

/**
 * In init, inside the new root, before the seccomp filter (which need not know the calls of this): the environment with HOME,
 * added when it is missing or empty. The ids are never taken from passwd.
 */
export function withHome(env: readonly string[], uid: number): readonly string[] {
  if ((environmentValue(env, "HOME") ?? "") !== "") return env;
  return [...env.filter((entry) => !entry.startsWith("HOME=")), `HOME=${homeInContainer(uid)}`];
}
