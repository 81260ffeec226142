// SPDX-License-Identifier: Apache-2.0
/** Limits as what they are in the end: texts for files of a cgroup. Pure; write.ts carries them out. */

/** An integer of config.json: those beyond 2^53 are exact. */
export type Integer = number | bigint;

/** One write to one file of a cgroup. */
export interface Setting {
  /** Whose file it is: the v1 hierarchy, or the v2 controller to enable; empty for a file that every v2 cgroup has. */
  readonly controller: string;
  readonly file: string;
  readonly value: string;
  /** The member of linux.resources that asks for it, for messages. */
  readonly field: string;
  /**
   * The file has a line for each key, such as a device, and takes one at a time. What the key gets when it had no line, for an
   * update that is taken back.
   */
  readonly keyed?: { readonly key: string; readonly reset: string } | undefined;
  /** What takes it back where that is not the text that the file showed. */
  readonly undo?: ((old: string) => string) | undefined;
  /** It may be valid only after the settings behind it: EINVAL puts it at the end, once. */
  readonly patient?: boolean | undefined;
  /** Takes its place where the kernel does not have the file. */
  readonly fallback?: Setting | undefined;
  /** A file beside it that the kernel changes with it. */
  readonly drags?: string | undefined;
  /** Nothing is lost where the kernel does not have the file. */
  readonly skipMissing?: boolean | undefined;
}

/** What is the same in all settings of one controller. */
export function settingsOf(
  controller: string,
  member: string,
): (file: string, value: string, field: string, more?: Partial<Setting>) => Setting {
  return (file, value, field, more) => ({
    controller,
    file,
    value,
    field: field === "" ? member : `${member}${field.startsWith("[") ? "" : "."}${field}`,
    ...more,
  });
}

/** "max" for no limit, which config.json writes as -1. */
export function limitText(value: Integer): string {
  return value < 0 ? "max" : String(value);
}

/** Whether a number is given: engines send 0 for "not set" where 0 is no limit. */
export function isSet(value: Integer | undefined): value is Integer {
  return value !== undefined && value !== 0 && value !== 0n;
}

/** Major and minor number as the kernel writes them. */
export function deviceKey({ major, minor }: { readonly major: number; readonly minor: number }): string {
  return `${major}:${minor}`;
}
