// SPDX-License-Identifier: Apache-2.0
/** Paths to be covered or made read-only: many of them lie in few directories, which are opened once. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { fileSystemMagicFd, PROC_SUPER_MAGIC, SYSFS_MAGIC } from "../linux/stat.ts";
import { splitPath } from "./paths.ts";
import { openInRoot } from "./resolve.ts";
import type { Root } from "./root.ts";

/** A name in an open directory, or with an empty name what is open itself. */
export interface Place {
  readonly dir: Fd;
  readonly name: string;
  [Symbol.dispose](): void;
}

interface Parent {
  readonly fd: Fd;
  /** A file system whose names and links are the kernel's, not the image's: a name in it needs no walk of its own. */
  readonly kernels: boolean;
}

/** Opens `path`, or tells that it is not there: ENOTDIR is the same, a part of it is a file. */
function openIfThere(root: Fd, path: string): Fd | undefined {
  try {
    return openInRoot(root, path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Finds paths inside the root; directories stay open until it is disposed of. */
export class ParentCache {
  readonly #root: Root;
  readonly #parents = new Map<string, Parent | undefined>();

  constructor(root: Root) {
    this.#root = root;
  }

  /**
   * Where `path` is. In the kernel's own file systems it is a name that may not exist, in others the thing itself, found with
   * links followed inside the root. Undefined when there is nothing.
   */
  find(path: string): Place | undefined {
    const { parent, name } = splitPath(path);
    const found = this.#parent(parent);
    if (found === undefined) return undefined;
    if (found.kernels && name !== "") return { dir: found.fd, name, [Symbol.dispose]: (): void => undefined };
    const fd = this.#open(path);
    return fd === undefined ? undefined : { dir: fd, name: "", [Symbol.dispose]: (): void => fd.close() };
  }

  /** What is below /proc and /sys is looked for there, and not where the image has such a directory by now. */
  #open(path: string): Fd | undefined {
    const end = path.indexOf("/", 1);
    const own = end === -1 ? undefined : this.#root.kernels(path.slice(0, end));
    return own === undefined ? openIfThere(this.#root.fd, path) : openIfThere(own, path.slice(end));
  }

  #parent(path: string): Parent | undefined {
    if (this.#parents.has(path)) return this.#parents.get(path);
    const own = this.#root.kernels(path);
    if (own !== undefined) return { fd: own, kernels: true };
    const fd = this.#open(path);
    const magic = fd === undefined ? 0 : fileSystemMagicFd(fd);
    const parent = fd === undefined ? undefined : { fd, kernels: magic === PROC_SUPER_MAGIC || magic === SYSFS_MAGIC };
    this.#parents.set(path, parent);
    return parent;
  }

  /** Something was mounted, perhaps over directories that are open: they are looked for again. */
  forget(): void {
    for (const parent of this.#parents.values()) parent?.fd.close();
    this.#parents.clear();
  }

  [Symbol.dispose](): void {
    this.forget();
  }
}
