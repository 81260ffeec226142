// SPDX-License-Identifier: Apache-2.0
/** What kind of file a name is, and nothing else: for the paths that are looked at in every container. */
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, ENOENT, ENOTDIR, S_IFDIR, S_IFMT, STATX_TYPE } from "#gen/constants.ts";
import { statx as layout } from "#gen/structs.ts";
import { statx } from "runt:ffi";
import { checkOutcome } from "./errors.ts";
import { fdNumber, type FdLike } from "./fd.ts";
import { unpack } from "./struct.ts";

/**
 * Whether `name` in `dir` (an empty name: `dir` itself) is a directory; a symbolic link is none. Undefined where there is no such
 * name. statx(2)
 */
export function isDirectoryAt(dir: FdLike, name: string): boolean | undefined {
  const bytes = new Uint8Array(layout.size);
  const outcome = statx(fdNumber(dir), name, name === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW, STATX_TYPE, bytes);
  if (outcome === -ENOENT || outcome === -ENOTDIR) return undefined;
  checkOutcome(outcome, "statx", [name]);
  return (unpack(layout, bytes, "stx_mode") & S_IFMT) === S_IFDIR;
}
