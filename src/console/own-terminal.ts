// SPDX-License-Identifier: Apache-2.0
/** A terminal in the mount namespace that this process is in. */
import { O_DIRECTORY, O_PATH, openFile } from "../linux/file.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** In exec, after the mount namespace was joined: makes a terminal of the container's own devpts. */
export function openOwnTerminal(size: { readonly width: number; readonly height: number } | undefined): Terminal {
  using root = openFile("/", O_PATH | O_DIRECTORY);
  return openTerminal(root, size);
}
