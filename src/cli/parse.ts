// SPDX-License-Identifier: Apache-2.0
/** From words to flags and arguments. Strict: what is not described is an error. Pure. */
import { oneOf } from "../spec/problem.ts";
import { suggest } from "../spec/suggest.ts";
import type { FlagDescription, FlagValues } from "./describe.ts";

/** A command line that cannot be obeyed. */
export class UsageError extends Error {
  readonly code = "arguments-invalid";
  readonly hint: string | undefined;
  /** When it is not the one that the command ends with. */
  readonly exitCode: number | undefined;

  constructor(message: string, hint?: string, exitCode?: number) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

export interface Parsed {
  readonly flags: FlagValues;
  readonly arguments: readonly string[];
}

export interface ParseOptions {
  readonly flags: readonly FlagDescription[];
  /** Flags end at the first argument. */
  readonly stopEarly: boolean;
}

/**
 * Parses the words after the program's or the command's name, as the established runtimes do: `-long` is `--long`, a letter is a name,
 * letters of booleans may stand together, and a value follows its flag, whatever it begins with. Throws UsageError.
 */
export function parseWords(words: readonly string[], { flags, stopEarly }: ParseOptions): Parsed {
  const given = new Map<string, string[]>();
  const found: string[] = [];
  const finish = (rest: readonly string[]): Parsed => ({ flags: new GivenFlags(given, flags), arguments: [...found, ...rest] });
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return finish(words.slice(at + 1));
    if (!word.startsWith("-") || word === "-") {
      if (stopEarly) return finish(words.slice(at));
      found.push(word);
      continue;
    }
    for (const { flag, value } of readFlags(word, flags)) {
      const text = value ?? (flag.type === "boolean" ? "true" : valueAfter(flag, words[++at]));
      check(flag, text);
      const before = given.get(flag.name);
      if (before === undefined) given.set(flag.name, [text]);
      else before.push(text);
    }
  }
  return finish([]);
}

function valueAfter(flag: FlagDescription, next: string | undefined): string {
  if (next === undefined) throw new UsageError(`flag needs an argument: -${flag.name} ${flag.value ?? "VALUE"}`);
  return next;
}

interface ReadFlag {
  readonly flag: FlagDescription;
  /** What the word itself carries. */
  readonly value: string | undefined;
}

/** The flags that a word names: one, or as many booleans as there are letters in `-dt`. */
function readFlags(word: string, flags: readonly FlagDescription[]): ReadFlag[] {
  const bare = word.slice(word.startsWith("--") ? 2 : 1);
  const equals = bare.indexOf("=");
  const name = equals === -1 ? bare : bare.slice(0, equals);
  const value = equals === -1 ? undefined : bare.slice(equals + 1);
  const flag = flags.find((candidate) => candidate.name === name) ?? byLetter(name, flags);
  if (flag !== undefined) return [{ flag, value }];
  if (!word.startsWith("--")) {
    const first = byLetter(bare.slice(0, 1), flags);
    if (first !== undefined && first.type !== "boolean") return [{ flag: first, value: bare.slice(1) }];
    const letters = Array.from(name, (letter) => byLetter(letter, flags));
    if (value === undefined && letters.every((each) => each?.type === "boolean"))
      return letters.flatMap((each) => (each === undefined ? [] : [{ flag: each, value: undefined }]));
  }
  throw undefinedFlag(name, flags);
}

function byLetter(letter: string, flags: readonly FlagDescription[]): FlagDescription | undefined {
  return letter.length === 1 ? flags.find(({ short }) => short?.includes(letter) === true) : undefined;
}

function undefinedFlag(name: string, flags: readonly FlagDescription[]): UsageError {
  const likely = suggest(
    name,
    flags.map((candidate) => candidate.name),
  );
  return new UsageError(
    `flag provided but not defined: -${name}`,
    likely === undefined ? undefined : `did you mean --${likely}?`,
  );
}

/** What Go's flag package takes for a boolean. */
export const truth: Readonly<Record<string, boolean>> = { true: true, t: true, "1": true, false: false, f: false, "0": false };

type Given = ReadonlyMap<string, readonly string[]>;

function check({ name, type, values }: FlagDescription, value: string): void {
  const invalid = `value ${JSON.stringify(value)} for flag -${name}: it is`;
  if (type === "boolean" && truth[value.toLowerCase()] === undefined)
    throw new UsageError(`invalid boolean ${invalid} "true" or "false"`);
  if (type === "count" && !/^[0-9]{1,6}$/.test(value)) throw new UsageError(`invalid ${invalid} a number, 0 or more`);
  if (values !== undefined && value !== "" && !values.includes(value)) {
    const likely = suggest(value, values);
    throw new UsageError(
      `invalid ${invalid} ${oneOf(values)}`,
      likely === undefined ? undefined : `did you mean ${JSON.stringify(likely)}?`,
    );
  }
}

/** A plain loop: each command asks for a dozen flags that nobody gave. */
function defaultOf(name: string, flags: readonly FlagDescription[]): string | undefined {
  for (let at = 0; at < flags.length; at++) if (flags[at]?.name === name) return flags[at]?.default;
  return undefined;
}

class GivenFlags implements FlagValues {
  readonly #given: Given;
  readonly #flags: readonly FlagDescription[];

  constructor(given: Given, flags: readonly FlagDescription[]) {
    this.#given = given;
    this.#flags = flags;
  }

  #last(name: string): string | undefined {
    const value = this.#given.get(name)?.at(-1);
    return value === "" ? undefined : value;
  }

  has(name: string): boolean {
    return this.#last(name) !== undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#last(name);
    return value === undefined ? undefined : truth[value.toLowerCase()];
  }

  string(name: string): string | undefined {
    return this.#last(name) ?? defaultOf(name, this.#flags);
  }

  list(name: string): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  count(name: string): number {
    return Number(this.#last(name) ?? 0);
  }
}
