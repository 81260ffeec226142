// SPDX-License-Identifier: Apache-2.0
/** What a schema asks for, in words that end a sentence beginning "must be". */
import { oneOf } from "./problem.ts";

/** The part of a schema node that the words depend on. */
export interface SchemaNode {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly wideInteger?: string;
}

/** Words for every pattern of `spec-schemas/`. */
export const patternWords: Readonly<Record<string, string>> = {
  "^/": "an absolute path",
  "^CAP_": 'a capability name that starts with "CAP_"',
  "^[^=]+=": "a variable as NAME=VALUE",
  "^[0-9, -]*$": 'a list of numbers and ranges such as "0-3,7"',
  "^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$": 'a version such as "1.3.0"',
  "^[^/:\\s]{1,15}$": "the name of a network device: 1 to 15 characters without slash, colon and space",
  "^(/|(?!\\.{1,2}$)[^/\\n]+)$": 'the name of a directory, or "/"',
  "^[^\\n]*$": "one line",
  "^MB:[^\\n]*$": 'one line that starts with "MB:"',
  "^[rwm]*$": 'made of the letters "r", "w" and "m"',
  "^[1-9][0-9]*[KMG]B$": 'a size such as "2MB", "64KB" or "1GB"',
  "^[^/]+$": "the name of a file, without slash",
  "^[0-9]*(\\.[0-9]+)?$": 'a number as a string, such as "1.5"',
};

const WIDE: Readonly<Record<string, string>> = {
  int64: "a 64-bit integer",
  uint64: "a 64-bit integer, 0 or more",
};

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  boolean: "true or false",
};

/** What the node asks for: `an integer from 0 to 7`, `"a", "b" or "c"`, `an absolute path`. */
export function expectation(schema: SchemaNode): string {
  if (schema.wideInteger !== undefined) return WIDE[schema.wideInteger] ?? "an integer";
  if (schema.enum) return oneOf(schema.enum.filter((value) => value !== ""));
  if (schema.pattern !== undefined) return patternWords[schema.pattern] ?? `a string that matches ${schema.pattern}`;
  if (schema.type === "integer") return `an integer from ${schema.minimum} to ${schema.maximum}`;
  if (schema.minItems !== undefined) return "a list with one entry or more";
  if (schema.minLength !== undefined) return "a string that is not empty";
  if (schema.maxLength !== undefined) return `a string of at most ${schema.maxLength} characters`;
  return TYPES[schema.type ?? ""] ?? "something else";
}
