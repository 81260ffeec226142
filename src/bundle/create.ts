// SPDX-License-Identifier: Apache-2.0
/** Files that the runtime makes for a bundle. */
import { O_CREAT, O_EXCL, O_WRONLY, openFile, writeAll } from "../linux/file.ts";

/** Makes a file with `text`. Throws SyscallError EEXIST when the name is taken. */
export function createNewFile(path: string, text: string): void {
  using file = openFile(path, O_WRONLY | O_CREAT | O_EXCL, 0o666);
  writeAll(file, text);
}
