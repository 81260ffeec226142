// SPDX-License-Identifier: Apache-2.0
/** `maskedPaths`: files become /dev/null, directories an empty one that cannot be written to. */
import type { Fd } from "../linux/fd.ts";
import { isDirectoryAt } from "../linux/file-type.ts";
import { makeFileSystem } from "../linux/filesystem.ts";
import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY } from "../linux/mount-flags.ts";
import { cloneTree, moveMount } from "../linux/mount.ts";
import { fstat } from "../linux/stat.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { ParentCache, type Place } from "./places.ts";
import { openInRoot } from "./resolve.ts";
import type { Root } from "./root.ts";

/** A detached, empty, read-only directory. */
export function makeEmptyDirectory(label?: string): Fd {
  return makeFileSystem({
    type: "tmpfs",
    source: "tmpfs",
    options: ["nr_blocks=1", "nr_inodes=1", ...(label === undefined ? [] : [`context=${label}`])],
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

/** The covers: clones of /dev/null, and of one empty file system. */
class Covers {
  readonly #root: Root;
  readonly #label: string | undefined;
  #null: Fd | undefined;
  #empty: Fd | undefined;

  constructor(root: Root, label: string | undefined) {
    this.#root = root;
    this.#label = label;
  }

  cover({ dir, name }: Place, isDirectory: boolean): void {
    if (isDirectory && this.#empty === undefined) {
      // The first one is the original: a clone can only be made, before Linux 6.15, of what is attached somewhere.
      this.#empty = makeEmptyDirectory(this.#label);
      moveMount(this.#empty, dir, name);
      return;
    }
    // Made only now: letting go of a mount that was never attached makes the kernel wait for all its processors.
    using tree = cloneTree("", { dir: this.#empty !== undefined && isDirectory ? this.#empty : this.#verifiedNull() });
    moveMount(tree, dir, name);
  }

  #verifiedNull(): Fd {
    this.#null ??= openNull(this.#root);
    return this.#null;
  }

  [Symbol.dispose](): void {
    this.#null?.close();
    this.#empty?.close();
  }
}

/**
 * In init, after pivotInto() and makePathsReadonly(), before the user changes: covers the masked paths. One that is not there
 * needs no cover.
 */
export function maskPaths(root: Root, plan: RootfsPlan): void {
  if (plan.maskedPaths.length === 0) return;
  using covers = new Covers(root, plan.mountLabel);
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
  const isDirectory = isDirectoryAt(place.dir, place.name);
  if (isDirectory !== undefined) covers.cover(place, isDirectory);
}
