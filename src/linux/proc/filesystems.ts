// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/filesystems. Pure. proc_filesystems(5) */

/** Names of the file system types that the kernel has ready. */
export function parseFilesystems(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split("\n")
      .map((line) => line.split("\t").at(-1) ?? "")
      .filter((name) => name !== ""),
  );
}
