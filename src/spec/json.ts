// SPDX-License-Identifier: Apache-2.0
/** JSON with integers beyond 2^53 kept exact. */
import { findSyntaxProblem } from "./json-syntax.ts";
import { SpecError } from "./problem.ts";

/**
 * Parses JSON with the engine's own parser: an integer beyond 2^53 comes out rounded, which `isSafeInteger` tells.
 * Throws SpecError with line, column and an excerpt for what is not JSON; `file` is the name in the message.
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const problem = findSyntaxProblem(text);
    if (problem === undefined) throw new SpecError(`${file} is not valid JSON: ${(cause as Error).message}`);
    const { line, column, message, excerpt } = problem;
    throw new SpecError(`${file} is not valid JSON: line ${line}, column ${column}: ${message}\n${indent(excerpt)}`);
  }
}

/** A string of JSON, or a number as a whole. Strings come first, so that digits inside them are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** No string of a document has a NUL, so that nothing in it looks like a marked integer. */
const MARK = "\0";
const ESCAPED_MARK = "\\u0000";

/** Parses JSON that `parseJson` has taken: an integer that a number would round becomes a bigint. Three times slower. */
export function parseExactJson(text: string): unknown {
  let found = false;
  const marked = text.replace(TOKEN, (token) => {
    if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    found = true;
    return `"${ESCAPED_MARK}${token}"`;
  });
  if (!found) return JSON.parse(text) as unknown;
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(1)) : value,
  ) as unknown;
}

/** Like JSON.stringify, bigints included: they are written as integers. `indent` as there. */
export function stringifyJson(value: unknown, indent?: string | number): string {
  let found = false;
  const text = JSON.stringify(
    value,
    (_key, member: unknown) => {
      if (typeof member !== "bigint") return member;
      found = true;
      return `${MARK}${member}`;
    },
    indent,
  );
  return found ? text.replaceAll(/"\\u0000(-?\d+)"/g, "$1") : text;
}

function indent(lines: string): string {
  return lines
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
