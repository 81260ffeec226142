// SPDX-License-Identifier: Apache-2.0
/** How the command line is described: plain data, from which parsing, help, man pages and completions all come. */
import type { RuntimeContext } from "../container/context.ts";

export type FlagType = "boolean" | "string" | "list" | "count";

export interface FlagDescription {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  readonly type: FlagType;
  /** Stands for the value in help texts, e.g. "FILE". */
  readonly value?: string;
  readonly help: string;
}

/** Flags as they were given: absent ones are undefined, a list has every value in order. */
export interface FlagValues {
  boolean(name: string): boolean | undefined;
  string(name: string): string | undefined;
  list(name: string): readonly string[];
  /** A number of descriptors: 0 when not given. */
  count(name: string): number;
}

/** What a command is called with. */
export interface Invocation {
  readonly context: RuntimeContext;
  /** Whether `--root` was left to its default. */
  readonly rootIsDefault: boolean;
  readonly flags: FlagValues;
  /** What is left: ids, arguments of a program. */
  readonly arguments: readonly string[];
}

export interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  /** For the usage line, e.g. "CONTAINER [SIGNAL]". */
  readonly usage: string;
  /** Number of arguments that are needed and taken. */
  readonly minimum: number;
  readonly maximum: number;
  readonly flags: readonly FlagDescription[];
  /** Flags end at the first argument: what follows belongs to another program. */
  readonly stopEarly?: boolean;
  /** Exit code of a failure of the command itself; 1 when not given. */
  readonly failure?: number;
  /** What engines know a failure by, e.g. "exec failed". */
  readonly failurePrefix?: string;
  /** Returns the exit code. */
  readonly run: (invocation: Invocation) => number;
}
