// SPDX-License-Identifier: Apache-2.0
/** The flags and the data of mount(2), for what the newer calls cannot express. Pure. */
import {
  MS_DIRSYNC,
  MS_I_VERSION,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  MS_SILENT,
  MS_STRICTATIME,
  MS_SYNCHRONOUS,
} from "../linux/mount-flags.ts";
import type { MountFlag } from "../plan/types.ts";

const FLAGS: Readonly<Record<MountFlag, number>> = {
  ro: MS_RDONLY,
  nosuid: MS_NOSUID,
  nodev: MS_NODEV,
  noexec: MS_NOEXEC,
  noatime: MS_NOATIME,
  nodiratime: MS_NODIRATIME,
  relatime: MS_RELATIME,
  strictatime: MS_STRICTATIME,
  nosymfollow: MS_NOSYMFOLLOW,
  sync: MS_SYNCHRONOUS,
  dirsync: MS_DIRSYNC,
  mand: MS_MANDLOCK,
  silent: MS_SILENT,
  iversion: MS_I_VERSION,
  lazytime: MS_LAZYTIME,
};

/** A page, less the NUL: the kernel cuts the rest off without a word. */
const LONGEST_DATA = 4095;

/** The MS_… bits of `flags`. */
export function classicFlags(flags: readonly MountFlag[]): number {
  return flags.reduce((bits, flag) => bits | FLAGS[flag], 0);
}

/** The options in one string, without those that are flags. Throws when the kernel would cut it off. */
export function classicData(options: readonly string[]): string {
  const data = options.filter((option) => !(option in FLAGS)).join(",");
  if (data.length > LONGEST_DATA) {
    throw new Error(`the options are ${data.length} bytes long, and the kernel takes ${LONGEST_DATA}`);
  }
  return data;
}
