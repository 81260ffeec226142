// SPDX-License-Identifier: Apache-2.0
/** The directory /dev of the container, and the links in it. */
import { symlink, unlink } from "../linux/directory.ts";
import { isErrno, within } from "../linux/errors.ts";
import { type Fd } from "../linux/fd.ts";
import { accessErrno } from "../linux/stat.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { makePath } from "./make-path.ts";
import { openInRootIfAny } from "./resolve.ts";
import type { Root } from "./root.ts";

const LINKS: readonly (readonly [string, string])[] = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
];

/**
 * The container's /dev: the tmpfs that was mounted there, or the directory of the root file system, made if it is missing. A
 * symbolic link is refused: what is made in /dev would land elsewhere (CVE-2026-41579).
 */
export function devDirectory(root: Root): Fd {
  root.dev ??= openDev(root);
  return root.dev;
}

function openDev(root: Root): Fd {
  try {
    return (
      openInRootIfAny(root.fd, "/dev", { directory: true, noSymlinks: true }) ??
      makePath(root.fd, "/dev", { leaf: "directory", noSymlinks: true })
    );
  } catch (error) {
    if (!isErrno(error, "ELOOP")) throw error;
    throw new Error('"/dev" in the root file system is a symbolic link, and must be a directory', { cause: error });
  }
}

/**
 * In init, after mountAll(), before pivotInto(): /dev/fd, stdin, stdout, stderr, core and ptmx. Links of the first five that are
 * there already stay. Does nothing in a /dev that is the host's.
 */
export function linkStandardStreams(root: Root, plan: RootfsPlan): void {
  if (!plan.setUpDev) return;
  within('make the links in "/dev"', () => {
    const dev = devDirectory(root);
    for (const [name, target] of LINKS) linkUnlessThere(dev, name, target);
    if (hasCore()) linkUnlessThere(dev, "core", "/proc/kcore");
    linkTerminals(dev);
  });
}

function linkUnlessThere(dev: Fd, name: string, target: string): void {
  try {
    symlink(target, name, dev);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error; // EEXIST: the image has its own, and it is the container's business
  }
}

function hasCore(): boolean {
  return accessErrno("/proc/kcore", 0) === 0; // a kernel without it, or hidden from us: then a link would lead nowhere
}

/** /dev/ptmx must be the one of the container's own devpts: a node of the image would open the host's terminals. */
function linkTerminals(dev: Fd): void {
  try {
    symlink("pts/ptmx", "ptmx", dev);
    return;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  try {
    unlink("ptmx", dev);
  } catch (error) {
    if (isErrno(error, "EBUSY")) return; // something was mounted there on purpose
    throw error;
  }
  symlink("pts/ptmx", "ptmx", dev);
}
