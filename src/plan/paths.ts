// SPDX-License-Identifier: Apache-2.0
/** Lexical work on paths. Nothing here looks at a file system: symbolic links are the business of the rooms. */

/**
 * An absolute path without `.`, `..`, empty components and trailing slashes. A relative path is taken as relative to `/`, and `..`
 * never climbs above it.
 */
export function cleanPath(path: string): string {
  if (isClean(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}

/** Whether cleaning would change nothing; most paths in a config are clean, and this makes no garbage. */
function isClean(path: string): boolean {
  if (path.charCodeAt(0) !== 0x2f) return false;
  return path === "/" || !(path.endsWith("/") || path.includes("//") || path.includes("/."));
}

/** Whether `path` lies below `directory`; both cleaned, and not the same. */
export function isBelow(path: string, directory: string): boolean {
  return directory === "/"
    ? path !== "/"
    : path.length > directory.length && path.startsWith(directory) && path[directory.length] === "/";
}

/** A host path of config.json: absolute as it is, relative ones below the bundle. `..` is left for the kernel to walk. */
export function fromBundle(path: string, bundle: string): string {
  if (path.startsWith("/")) return path;
  const rest = path.startsWith("./") ? path.slice(2) : path;
  return rest === "" || rest === "." ? bundle : `${bundle}/${rest}`;
}
