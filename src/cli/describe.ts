// SPDX-License-Identifier: Apache-2.0
/** How the command line is described: plain data, from which parsing, help, man pages and completions all come. */
import type { RuntimeContext } from "../container/context.ts";

export type FlagType = "boolean" | "string" | "list" | "count";

export interface FlagDescription {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter without the dash; where there are more, each stands for the flag and the first is shown. */
  readonly short?: string;
  readonly type: FlagType;
  /** Stands for the value in help texts, e.g. "FILE"; DIR, FILE and SOCKET are completed as paths. */
  readonly value?: string;
  /** The only values there are. */
  readonly values?: readonly string[];
  /** What holds when the flag is not given. */
  readonly default?: string;
  readonly help: string;
}

/** Flags as they were given. An empty value counts as none: engines pass such. */
export interface FlagValues {
  has(name: string): boolean;
  boolean(name: string): boolean | undefined;
  /** The last value, else the default. */
  string(name: string): string | undefined;
  /** Every value, in order. */
  list(name: string): readonly string[];
  /** A number of descriptors: 0 when not given. */
  count(name: string): number;
}

export interface ParameterDescription {
  /** Stands for the argument in help texts, e.g. "CONTAINER". */
  readonly name: string;
  readonly optional?: boolean;
  /** The last one, which takes all that is left. */
  readonly many?: boolean;
  /** What a shell may offer for it: ids of containers, names of commands, or these words. */
  readonly completes?: "container" | "command" | "directory" | readonly string[];
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

export interface Example {
  /** Words after "runt". */
  readonly words: string;
  readonly what: string;
}

export interface CommandDescription {
  readonly name: string;
  /** Fits on the line of a list. */
  readonly summary: string;
  /** Paragraphs for the help text and the man page; words of the command line between back-ticks. */
  readonly description?: readonly string[];
  readonly parameters: readonly ParameterDescription[];
  readonly flags: readonly FlagDescription[];
  readonly examples?: readonly Example[];
  /** Flags end at the first argument: what follows belongs to another program. */
  readonly stopEarly?: boolean;
  /** Exit code of a failure of the command itself; 1 when not given. */
  readonly failure?: number;
  /** What engines know a failure by, e.g. "exec failed". */
  readonly failurePrefix?: string;
  /** Returns the exit code. */
  readonly run: (invocation: Invocation) => number;
}

/** The whole command line. */
export interface ProgramDescription {
  readonly commands: readonly CommandDescription[];
  readonly globalFlags: readonly FlagDescription[];
}
