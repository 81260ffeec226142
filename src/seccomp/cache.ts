// SPDX-License-Identifier: Apache-2.0
/**
 * Compiled filters, kept for the next container with the same section: compiling the profile of an engine takes libseccomp
 * longer than all the rest of a create.
 *
 * What is read here is loaded into the kernel, so nobody else may have written it: the directory must belong to the runtime's own
 * user with mode 0700. An entry holds the whole text that it was compiled from, and is used only if that is the same text; its
 * name merely finds it. It is written under another name and then renamed, so that no reader sees a part of one, and its lengths
 * are checked, should the machine have stopped in between. Whatever fails here, the filter is compiled.
 */
import { listDirectoryFd, mkdir, renameAt, unlink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  openAt,
  openFile,
  readAll,
  writeAll,
} from "../linux/file.ts";
import { getEuid } from "../linux/identity.ts";
import { randomHex } from "../linux/random.ts";
import { fstat } from "../linux/stat.ts";
import type { Compiled } from "./compile.ts";
import { decodeEntry, encodeEntry } from "./cache-entry.ts";
import { entryName } from "./cache-key.ts";

const DIRECTORY = "/run/runt-cache";
const PRIVATE = 0o700;

/** Entries beyond which the cache starts anew: no host has that many profiles, unless they are made for each container. */
const MOST_ENTRIES = 128;

/** The entry for `key`, or undefined. */
export function readCached(key: string): Compiled | undefined {
  try {
    using directory = openCache();
    if (!directory) return undefined;
    using file = openAt(directory, entryName(key), O_RDONLY | O_NOFOLLOW);
    return decodeEntry(readAll(file), key);
  } catch (error) {
    if (isErrno(error)) return undefined; // no entry, or none that can be read: it is compiled anew
    throw error;
  }
}

/** Keeps what was compiled for `key`. Only root does: another user's /run is not theirs. */
export function writeCached(key: string, compiled: Compiled): void {
  if (getEuid() !== 0) return;
  try {
    ensureCache();
    using directory = openCache();
    if (directory) store(directory, entryName(key), encodeEntry(key, compiled));
  } catch (error) {
    if (!isErrno(error)) throw error; // a full or read-only file system: the cache is only for speed
  }
}

function ensureCache(): void {
  try {
    mkdir(DIRECTORY, PRIVATE);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error; // EEXIST: openCache() looks at what it is
  }
}

/** The directory, if it is this user's alone. */
function openCache(): Fd | undefined {
  const directory = openFile(DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const { uid, permissions } = fstat(directory);
  if (uid === getEuid() && permissions === PRIVATE) return directory;
  directory.close();
  return undefined;
}

function store(directory: Fd, name: string, bytes: Uint8Array): void {
  makeRoom(directory);
  const temporary = `.${name}.${randomHex(8)}`;
  using file = openAt(directory, temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    writeAll(file, bytes);
    renameAt(directory, temporary, directory, name);
  } catch (error) {
    unlink(temporary, directory);
    throw error;
  }
}

function makeRoom(directory: Fd): void {
  const entries = listDirectoryFd(directory);
  if (entries.length < MOST_ENTRIES) return;
  for (const { name } of entries) {
    try {
      unlink(name, directory);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error; // ENOENT: somebody else makes room too
    }
  }
}
