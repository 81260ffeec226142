// SPDX-License-Identifier: Apache-2.0
/**
 * Sources of mounts for criu, which takes paths and follows links in them. What lies below a path of the config may be somebody
 * else's to change: it is found without following a link, and criu gets it under a name in a directory that nobody else can reach.
 */
import { ensureDirectory, makeNode } from "../linux/directory.ts";
import { within } from "../linux/errors.ts";
import { currentDirectory, type Fd } from "../linux/fd.ts";
import { O_PATH, openFile } from "../linux/file.ts";
import { cloneTree, moveMount, unmountDetached } from "../linux/mount.ts";
import { fstat, S_IFREG } from "../linux/stat.ts";
import { openInRoot } from "./resolve.ts";

/** Opens what is at `below` in the host's `path`. Throws where a component of it is a symbolic link. */
export function openBelow(path: string, below: string): Fd {
  const hints = { ELOOP: "a symbolic link is there, and it could lead anywhere on this host" };
  return within(
    `find ${JSON.stringify(below)} in ${JSON.stringify(path)}`,
    () => {
      using top = openFile(path, O_PATH);
      return openInRoot(top, below, { noSymlinks: true });
    },
    hints,
  );
}

/** In a mount namespace of the runtime's own. What it mounts is gone from the namespace when it is disposed of. */
export class RestoreSources {
  readonly #directory: string;
  readonly #mounted: string[] = [];

  /** `directory` is made for the first of them; it goes with what it is in. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Mounts what is at `below` in `path` under a name of its own, which is returned. */
  add(path: string, below: string): string {
    using source = openBelow(path, below);
    using tree = cloneTree("", { dir: source });
    ensureDirectory(this.#directory, 0o700);
    const place = `${this.#directory}/${this.#mounted.length}`;
    if (fstat(source).type === "directory") ensureDirectory(place, 0o700);
    else makeNode(place, S_IFREG | 0o600, 0n);
    moveMount(tree, currentDirectory, place);
    this.#mounted.push(place);
    return place;
  }

  [Symbol.dispose](): void {
    for (const place of this.#mounted) unmountDetached(place);
  }
}
