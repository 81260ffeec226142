// SPDX-License-Identifier: Apache-2.0
/** What the completions of all shells are made from. Pure. */
import type { CommandDescription, FlagDescription } from "../../src/cli/describe.ts";

/** What may stand in a place of the command line. */
export type Candidates =
  | { readonly kind: "files" | "directories" | "containers" | "signals" | "nothing" }
  | { readonly kind: "words"; readonly words: readonly string[] };

export const signals: readonly string[] =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU URG WINCH".split(" ");

const byValue: Readonly<Record<string, Candidates["kind"]>> = {
  FILE: "files",
  SOCKET: "files",
  DIR: "directories",
};

/** What may follow a flag; undefined for one that takes no value. The words of a choice are those quoted in its help. */
export function candidatesOfFlag({ type, value = "", help }: FlagDescription): Candidates | undefined {
  if (type === "boolean") return undefined;
  const kind = byValue[value];
  if (kind !== undefined && kind !== "words") return { kind };
  if (!["FORMAT", "LEVEL", "NAME", "BOOL"].includes(value)) return { kind: "nothing" };
  return { kind: "words", words: [...help.matchAll(/"([a-z]+)"/g)].map(([, word = ""]) => word) };
}

const byArgument: Readonly<Record<string, Candidates["kind"]>> = {
  CONTAINER: "containers",
  SIGNAL: "signals",
  BUNDLE: "directories",
};

/** What the arguments of a command may be, from its usage line; the last one stands for all that follow when it may be repeated. */
export function candidatesOfArguments({ usage, stopEarly, name }: CommandDescription): readonly Candidates[] {
  const words = usage
    .replaceAll(/[[\].]/g, "")
    .split(" ")
    .filter((word) => word !== "");
  const places = words.map((word): Candidates => {
    const kind = byArgument[word];
    return { kind: kind === undefined || kind === "words" ? "nothing" : kind };
  });
  return stopEarly === true && name === "exec" ? places.slice(0, 1) : places;
}

/** `--bundle` and `-b`. */
export function spellings({ name, short }: FlagDescription): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

/** For a word between single quotes of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
