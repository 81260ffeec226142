// SPDX-License-Identifier: Apache-2.0
/** What can stand at a place of the command line. Pure. */
import type { FlagDescription, ParameterDescription, ProgramDescription } from "../describe.ts";

export type Offer =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "containers" | "files" | "directories" | "nothing" };

/** For the value of a flag; undefined for one that takes none. */
export function offerForFlag({ type, value, values }: FlagDescription): Offer | undefined {
  if (type === "boolean") return undefined;
  if (values !== undefined) return { kind: "words", words: values };
  if (value === "DIR") return { kind: "directories" };
  return { kind: value === "FILE" || value === "SOCKET" ? "files" : "nothing" };
}

/** For an argument. */
export function offerForParameter({ completes }: ParameterDescription, { commands }: ProgramDescription): Offer {
  if (completes === undefined) return { kind: "nothing" };
  if (completes === "container") return { kind: "containers" };
  if (completes === "directory") return { kind: "directories" };
  return { kind: "words", words: completes === "command" ? commands.map(({ name }) => name) : completes };
}

/** `--bundle`, `-b`: every spelling of a flag. */
export function spellings({ name, short = "" }: FlagDescription): string[] {
  return [`--${name}`, ...Array.from(short, (letter) => `-${letter}`)];
}
