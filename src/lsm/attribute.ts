// SPDX-License-Identifier: Apache-2.0
/**
 * The files in which a process tells the security module what it will be. proc_pid_attr(5)
 *
 * They are opened in the host's /proc, before init enters the root file system of the container, and written at the very end:
 * whatever the container has at /proc by then, a write cannot be led to another file (CVE-2019-16884, CVE-2025-52881).
 */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import {
  O_DIRECTORY,
  O_PATH,
  O_WRONLY,
  openAt,
  openat2At,
  openFile,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_XDEV,
  writeBytes,
} from "../linux/file.ts";
import { encodeUtf8 } from "../linux/host.ts";
import { fileSystemMagicFd, PROC_SUPER_MAGIC } from "../linux/stat.ts";

export type Attribute = "exec" | "keycreate" | "apparmor/exec";

/** An open attribute of this very thread, with its name for messages. */
export interface AttributeFile {
  readonly fd: Fd;
  readonly path: string;
}

// Engines look for the path in back-ticks to tell a refused security label from other failures.
const quoted = (path: string): string => `\`${path}\``;

/** Opens an attribute of the calling thread on a /proc that is one, without crossing a mount. */
export function openAttribute(attribute: Attribute): AttributeFile {
  const name = `thread-self/attr/${attribute}`;
  const path = `/proc/${name}`;
  return within(`open ${quoted(path)}`, () => {
    using proc = openFile("/proc", O_PATH | O_DIRECTORY);
    if (fileSystemMagicFd(proc) !== PROC_SUPER_MAGIC) throw new Error("/proc is no proc file system");
    return { fd: openInProc(proc, name), path };
  });
}

function openInProc(proc: Fd, name: string): Fd {
  try {
    return openat2At(proc, name, { flags: O_WRONLY, resolve: RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS });
  } catch (error) {
    if (!isErrno(error, "ENOSYS")) throw error; // before Linux 5.6
  }
  const fd = openAt(proc, name, O_WRONLY);
  if (fileSystemMagicFd(fd) === PROC_SUPER_MAGIC) return fd;
  fd.close();
  throw new Error(`/proc/${name} is not on the proc file system`);
}

/** Writes an attribute; the kernel takes it in one write(2) or refuses it. The same process must have opened it. */
export function writeAttribute({ fd, path }: AttributeFile, text: string): void {
  within(`write ${JSON.stringify(text)} to ${quoted(path)}`, () => {
    writeBytes(fd, encodeUtf8(text));
  });
}
