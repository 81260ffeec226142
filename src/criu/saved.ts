// SPDX-License-Identifier: Apache-2.0
/** What lies beside the images of criu: how the container was tied to its host. */
import { isErrno, within } from "../linux/errors.ts";
import { O_DIRECTORY, O_PATH, openFile, readFile, writeFileAtomic } from "../linux/file.ts";

/** Namespaces that the container shares with others by path, and that criu can leave outside. */
export type ExternalKind = "net" | "pid";

export interface SavedContainer {
  /** Mounts whose sources are outside, by their places in the container. */
  readonly mounts: readonly string[];
  readonly namespaces: readonly { readonly kind: ExternalKind; readonly inode: string }[];
  /** criu's name of the container's terminal, when it has one. */
  readonly terminal: string | undefined;
}

const containerName = "runt.json";
/** The name and the shape that other runtimes use: where 0, 1 and 2 led. */
const descriptorsName = "descriptors.json";

export function writeSaved(images: string, container: SavedContainer, descriptors: readonly string[]): void {
  using directory = openFile(images, O_PATH | O_DIRECTORY);
  writeFileAtomic(directory, containerName, JSON.stringify(container), 0o600);
  writeFileAtomic(directory, descriptorsName, JSON.stringify(descriptors), 0o600);
}

export interface SavedImages {
  readonly container: SavedContainer;
  readonly descriptors: readonly string[];
}

/** Reads both back. Throws for a directory that another runtime has written, or none. */
export function readSaved(images: string): SavedImages {
  return within(`read the checkpoint in ${JSON.stringify(images)}`, () => {
    const container = readJson(`${images}/${containerName}`) as Partial<SavedContainer> | null;
    const descriptors = readJson(`${images}/${descriptorsName}`);
    if (!Array.isArray(container?.mounts) || !Array.isArray(container.namespaces) || !isTexts(descriptors)) {
      throw new Error("its files are not what runt writes");
    }
    return { container: container as SavedContainer, descriptors };
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFile(path));
  } catch (error) {
    if (isErrno(error, "ENOENT")) throw new Error("there is no checkpoint that runt has made", { cause: error });
    throw error;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
