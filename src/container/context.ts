// SPDX-License-Identifier: Apache-2.0
/** What every command carries: where state lives, how cgroups are managed, where messages go. */

import type { Variables } from "../plan/types.ts";

/** Messages that are not the result of a command. `log/` implements it. */
export interface Logger {
  error(message: string, fields?: Readonly<Record<string, string>>): void;
  warn(message: string, fields?: Readonly<Record<string, string>>): void;
  info(message: string, fields?: Readonly<Record<string, string>>): void;
  debug(message: string, fields?: Readonly<Record<string, string>>): void;
}

/** Variables of the caller's environment. environ(7) */
export interface Environment extends Variables {
  has(name: string): boolean;
  /** `NAME=value` each. */
  entries(): readonly string[];
}

export interface RuntimeContext {
  /** Absolute path of the state directory (`--root`). */
  readonly root: string;
  readonly cgroupManager: "cgroupfs" | "systemd" | "disabled";
  /** `--rootless`: forced on or off, or found out from the ids of the caller. */
  readonly rootless: boolean | "auto";
  readonly log: Logger;
  readonly environ: Environment;
}

/** A listener of seccomp notifications for configs that name none, as crun knows it. */
export function seccompReceiver({ environ }: RuntimeContext): string | undefined {
  return environ.get("RUN_OCI_SECCOMP_RECEIVER");
}

/** The caller's environment as a program of the host gets it; with a PATH, whatever the caller has. */
export function environmentOf({ environ }: RuntimeContext): string[] {
  const entries = environ.entries();
  return environ.has("PATH") ? [...entries] : [...entries, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
}
