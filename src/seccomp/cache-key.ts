// SPDX-License-Identifier: Apache-2.0
/** What a compiled filter depends on, and the name of the file that it is kept in. */
import type { Seccomp } from "../spec/types.ts";

/** Changes when the same section comes to mean another program. */
const FORMAT = 1;

/** Characters of a key that its name depends on. */
const SAMPLES = 512;

/** Everything that decides the program, as text: the rules, the native `architecture`, the `version` of libseccomp. */
export function sectionKey(section: Seccomp, { architecture, version }: { architecture: number; version: string }): string {
  const bigints = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  const { defaultAction, defaultErrnoRet, architectures, syscalls } = section;
  const text = JSON.stringify({ defaultAction, defaultErrnoRet, architectures, syscalls }, bigints);
  return `${FORMAT} ${version} ${architecture} ${text}`;
}

/**
 * The name under which an entry is found. It depends on some characters of the key only, as reading them all in this language
 * takes longer than comparing the text whole: two keys may share a name, and then take turns in one file.
 */
export function entryName(key: string): string {
  let hash = 0x811c9dc5;
  const step = Math.max(1, Math.floor(key.length / SAMPLES));
  for (let at = 0; at < key.length; at += step) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return `${key.length.toString(36)}-${(hash >>> 0).toString(16)}`;
}
