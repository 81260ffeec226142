// SPDX-License-Identifier: Apache-2.0
/** `maskedPaths`: files become /dev/null, directories an empty one that cannot be written to. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { makeFileSystem } from "../linux/filesystem.ts";
import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY } from "../linux/mount-flags.ts";
import { cloneTree, moveMount } from "../linux/mount.ts";
import { fstat } from "../linux/stat.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { ParentCache, type Place } from "./places.ts";
import { openInRoot } from "./resolve.ts";
import type { Root } from "./root.ts";

/** A detached, empty, read-only directory. */
export function makeEmptyDirectory(): Fd {
  return makeFileSystem({
    type: "tmpfs",
    source: "tmpfs",
    options: ["mode=755", "nr_blocks=1", "nr_inodes=1"],
    attributes: MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
  });
}

/** /dev/null of the container, verified: the image may have something else there (CVE-2025-31133). */
function openNull(root: Root): Fd {
  const fd = openInRoot(root.fd, "/dev/null", { noSymlinks: true });
  const { type, rdevMajor, rdevMinor } = fstat(fd);
  if (type === "character" && rdevMajor === 1 && rdevMinor === 3) return fd;
  fd.close();
  throw new Error('"/dev/null" in the container is not character device 1:3');
}

/** Detached covers, made when first needed and kept when they did not fit. */
class Covers {
  readonly #root: Root;
  #null: Fd | undefined;
  #file: Fd | undefined;
  /** The one file system under all covered directories. */
  #empty: Fd | undefined;
  #directory: Fd | undefined;

  constructor(root: Root) {
    this.#root = root;
  }

  /** Covers the file at `place`; false if there is a directory instead. */
  coverFile(place: Place): boolean {
    this.#null ??= openNull(this.#root);
    this.#file ??= cloneTree("", { dir: this.#null });
    try {
      moveMount(this.#file, place.dir, place.name);
    } catch (error) {
      // EINVAL, ENOTDIR: the kernel puts a file on no directory; the cover stays for the next
      if (isErrno(error, "EINVAL", "ENOTDIR", "EISDIR")) return false;
      throw error;
    }
    this.#file.close();
    this.#file = undefined;
    return true;
  }

  coverDirectory(place: Place): void {
    if (this.#empty === undefined) {
      // The first one is the original: a clone can only be made, before Linux 6.15, of what is attached somewhere.
      const empty = makeEmptyDirectory();
      this.#empty = empty;
      moveMount(empty, place.dir, place.name);
      return;
    }
    this.#directory ??= cloneTree("", { dir: this.#empty });
    moveMount(this.#directory, place.dir, place.name);
    this.#directory.close();
    this.#directory = undefined;
  }

  [Symbol.dispose](): void {
    for (const fd of [this.#null, this.#file, this.#empty, this.#directory]) fd?.close();
  }
}

/**
 * In init, after pivotInto() and makePathsReadonly(), before the user changes: covers the masked paths. One that is not there
 * needs no cover.
 */
export function maskPaths(root: Root, plan: RootfsPlan): void {
  if (plan.maskedPaths.length === 0) return;
  using covers = new Covers(root);
  using parents = new ParentCache(root);
  for (const path of plan.maskedPaths) {
    try {
      mask(path, covers, parents);
    } catch (cause) {
      throw new Error(`mask ${JSON.stringify(path)}`, { cause });
    }
  }
}

function mask(path: string, covers: Covers, parents: ParentCache): void {
  using place = parents.find(path);
  if (place === undefined) return;
  try {
    if (!covers.coverFile(place)) covers.coverDirectory(place);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error; // nothing there: nothing to hide
  }
}
