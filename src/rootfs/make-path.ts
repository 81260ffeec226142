// SPDX-License-Identifier: Apache-2.0
/**
 * Making what is missing in the container's root: directories and empty files to mount on. One component at a time, each opened
 * without following and held open, so that nothing which is renamed or replaced meanwhile leads outside (CVE-2024-45310).
 */
import { ensureDirectory, makeNode, readLink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { duplicate, type Fd, type FdLike } from "../linux/fd.ts";
import { O_NOFOLLOW, O_PATH, openAt } from "../linux/file.ts";
import { fstat, S_IFREG } from "../linux/stat.ts";
import { componentsOf, splitPath } from "./paths.ts";

/** As many as the kernel follows in one walk. */
const MAX_LINKS = 40;
/** How often a name may vanish between its making and its opening before somebody must be doing that on purpose. */
const MAX_ATTEMPTS = 16;

const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

export type Leaf = "directory" | "file";

export interface MakeOptions {
  /** What the last component becomes if it is missing. */
  readonly leaf: Leaf;
  /** A symbolic link is an error rather than followed. */
  readonly noSymlinks?: boolean;
  /** A last component that is a symbolic link is what is opened. */
  readonly noFollow?: boolean;
}

function make(dir: FdLike, name: string, leaf: Leaf): void {
  if (leaf === "directory") {
    ensureDirectory(name, DIRECTORY_MODE, dir);
    return;
  }
  try {
    makeNode(name, S_IFREG | FILE_MODE, 0n, dir); // like O_CREAT | O_EXCL, without an open file
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error; // EEXIST: somebody else was faster, and it is opened without following
  }
}

/** Opens `name` in `dir` itself (O_PATH), making it if it is missing. */
export function openOrMake(dir: FdLike, name: string, leaf: Leaf): Fd {
  for (let attempt = 1; ; attempt++) {
    try {
      return openAt(dir, name, O_PATH | O_NOFOLLOW);
    } catch (error) {
      if (!isErrno(error, "ENOENT") || attempt === MAX_ATTEMPTS) throw error;
    }
    make(dir, name, leaf);
  }
}

/** A walk in user space: the directories from the root down to where it is, and the components that are left. */
class Walk {
  readonly #root: FdLike;
  readonly #path: string;
  readonly #options: MakeOptions;
  readonly #directories: Fd[] = [];
  readonly #pending: string[];
  #links = 0;

  constructor(root: FdLike, path: string, options: MakeOptions) {
    this.#root = root;
    this.#path = path;
    this.#options = options;
    this.#pending = componentsOf(path);
  }

  run(): Fd {
    for (let name = this.#pending.shift(); name !== undefined; name = this.#pending.shift()) {
      if (name === "..") this.#directories.pop()?.close();
      else this.#enter(name);
    }
    return this.#directories.pop() ?? duplicate(this.#root);
  }

  #enter(name: string): void {
    const last = this.#pending.length === 0;
    const found = openOrMake(this.#directories.at(-1) ?? this.#root, name, last ? this.#options.leaf : "directory");
    if ((last && this.#options.noFollow === true) || fstat(found).type !== "symlink") {
      this.#directories.push(found);
      return;
    }
    using link = found;
    this.#follow(readLink("", link));
  }

  #follow(target: string): void {
    this.#links++;
    if (this.#options.noSymlinks === true) throw new Error(`${JSON.stringify(this.#path)} leads through a symbolic link`);
    if (this.#links > MAX_LINKS)
      throw new Error(`${JSON.stringify(this.#path)} leads through more than ${MAX_LINKS} symbolic links`);
    if (target.startsWith("/")) this[Symbol.dispose]();
    this.#pending.unshift(...componentsOf(target));
  }

  [Symbol.dispose](): void {
    for (const fd of this.#directories.splice(0)) fd.close();
  }
}

/**
 * Opens the absolute `path` inside `root` (O_PATH), making what is missing of it: directories 0755, an empty file 0644, owned
 * by the caller. Symbolic links are followed inside the root, also those whose target is missing.
 */
export function makePath(root: FdLike, path: string, options: MakeOptions): Fd {
  using walk = new Walk(root, path, options);
  return walk.run();
}

/** Opens the directory above `path` inside `root`, made if it is missing, and tells the last component. */
export function makeParent(root: FdLike, path: string): { readonly dir: Fd; readonly name: string } {
  const { parent, name } = splitPath(path);
  return { dir: makePath(root, parent, { leaf: "directory" }), name };
}
