// SPDX-License-Identifier: Apache-2.0
/** Absolute paths inside the container, as text. Pure. */

/** `/a/b` -> `a/b`, and `/` -> `.`: a path as openat2(2) takes it below the root's descriptor. */
export function relativeToRoot(path: string): string {
  return path === "/" ? "." : path.slice(1);
}

/** `/a/b` -> `/a` and `b`. The path is absolute, clean and not `/`. */
export function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const at = path.lastIndexOf("/");
  return { parent: at === 0 ? "/" : path.slice(0, at), name: path.slice(at + 1) };
}

/** The names in a path, without the empty ones and `.`; `..` stays. */
export function componentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
