// SPDX-License-Identifier: Apache-2.0
/** From words to flags and arguments. Strict: what is not described is an error. Pure. */
import minimist from "minimist";
import { suggest } from "../spec/suggest.ts";
import type { FlagDescription, FlagValues } from "./describe.ts";

/** A command line that cannot be obeyed. */
export class UsageError extends Error {
  readonly code = "arguments-invalid";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

export interface Parsed {
  readonly flags: FlagValues;
  readonly arguments: readonly string[];
}

export interface ParseOptions {
  readonly flags: readonly FlagDescription[];
  readonly stopEarly: boolean;
}

/** Parses the words after the program's or the command's name. Throws UsageError. */
export function parseWords(words: readonly string[], { flags, stopEarly }: ParseOptions): Parsed {
  const prepared = words.slice();
  const end = normalize(prepared, flags, stopEarly);
  const parsed = minimist(prepared.slice(0, end.flagsEnd), {
    boolean: [],
    string: ["_", ...flags.map(({ name }) => name)],
    stopEarly,
  });
  const rest = [...parsed._, ...end.rest];
  return { flags: new GivenFlags(collect(parsed, flags)), arguments: rest };
}

interface Normalized {
  /** Words before this index are flags, their values, and arguments. */
  readonly flagsEnd: number;
  /** What follows "--". */
  readonly rest: readonly string[];
}

/**
 * Rewrites the words so that minimist reads them as the established runtimes do: `-long` is `--long`, a letter is its name, a boolean
 * has its value in the same word, and every value is joined to its flag, whatever it begins with.
 */
function normalize(words: string[], flags: readonly FlagDescription[], stopEarly: boolean): Normalized {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return { flagsEnd: at, rest: words.slice(at + 1) };
    if (!word.startsWith("-") || word === "-") {
      if (stopEarly) return { flagsEnd: at, rest: words.slice(at) };
      continue;
    }
    const { flag, value } = findFlag(word, flags);
    if (value !== undefined) words[at] = `--${flag.name}=${value}`;
    else if (flag.type === "boolean") words[at] = `--${flag.name}=true`;
    else {
      const next = words[at + 1];
      if (next === undefined) throw new UsageError(`flag needs an argument: --${flag.name} ${flag.value ?? "VALUE"}`);
      words.splice(at, 2, `--${flag.name}=${next}`);
    }
  }
  return { flagsEnd: words.length, rest: [] };
}

/** The flag that a word names, with the value it carries. */
function findFlag(
  word: string,
  flags: readonly FlagDescription[],
): { readonly flag: FlagDescription; readonly value: string | undefined } {
  const bare = word.replace(/^--?/, "");
  const equals = bare.indexOf("=");
  const name = equals === -1 ? bare : bare.slice(0, equals);
  const value = equals === -1 ? undefined : bare.slice(equals + 1);
  const flag = flags.find((candidate) => candidate.name === name || candidate.short === name);
  if (flag !== undefined) return { flag, value };
  const attached = word.startsWith("--") ? undefined : flags.find(({ short, type }) => short === bare[0] && type !== "boolean");
  if (attached !== undefined) return { flag: attached, value: bare.slice(1) };
  const likely = suggest(
    name,
    flags.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `flag provided but not defined: ${word.slice(0, word.length - bare.length)}${name}`,
    likely && `did you mean --${likely}?`,
  );
}

type Collected = ReadonlyMap<string, { readonly flag: FlagDescription; readonly values: readonly string[] }>;

function collect(parsed: minimist.ParsedArgs, flags: readonly FlagDescription[]): Collected {
  const found = new Map<string, { flag: FlagDescription; values: readonly string[] }>();
  for (const flag of flags) {
    const given: unknown = parsed[flag.name];
    if (given === undefined) continue;
    const values = (Array.isArray(given) ? given : [given]).map(String);
    found.set(flag.name, { flag, values });
    check(flag, values);
  }
  return found;
}

function check(flag: FlagDescription, values: readonly string[]): void {
  for (const value of values) {
    if (flag.type === "boolean" && value !== "true" && value !== "false") {
      throw new UsageError(`invalid value ${JSON.stringify(value)} for --${flag.name}: it is "true" or "false"`);
    }
    if (flag.type === "count" && !/^[0-9]{1,6}$/.test(value)) {
      throw new UsageError(`invalid value ${JSON.stringify(value)} for --${flag.name}: it is a number, 0 or more`);
    }
  }
}

class GivenFlags implements FlagValues {
  readonly #given: Collected;

  constructor(given: Collected) {
    this.#given = given;
  }

  #last(name: string): string | undefined {
    return this.#given.get(name)?.values.at(-1);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#last(name);
    return value === undefined ? undefined : value === "true";
  }

  string(name: string): string | undefined {
    return this.#last(name);
  }

  list(name: string): readonly string[] {
    return this.#given.get(name)?.values ?? [];
  }

  count(name: string): number {
    return Number(this.#last(name) ?? 0);
  }
}
