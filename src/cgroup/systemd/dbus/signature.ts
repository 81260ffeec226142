// SPDX-License-Identifier: Apache-2.0
/** Types of D-Bus values. Pure. D-Bus specification, "Type System" */

/** A value with its type, D-Bus's `v`. */
export interface Variant {
  readonly signature: string;
  readonly value: DbusValue;
}

/** Integers of 64 bits are bigints when they are read; arrays, structs and dictionary entries are arrays. */
export type DbusValue = number | bigint | string | boolean | Variant | readonly DbusValue[];

const closing: Readonly<Record<string, string>> = { "(": ")", "{": "}" };

/** Splits a signature into its complete types: "sa(sv)u" is "s", "a(sv)", "u". Throws for one that is none. */
export function completeTypes(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length;) {
    const end = endOfType(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, start: number): number {
  const code = signature[start] ?? "";
  if (code === "a") return endOfType(signature, start + 1);
  const close = closing[code];
  if (close === undefined) {
    if (!"ybnqiuxtdsoghv".includes(code) || code === "") throw new Error(`${JSON.stringify(signature)} is no D-Bus signature`);
    return start + 1;
  }
  let at = start + 1;
  while (signature[at] !== close) at = endOfType(signature, at);
  return at + 1;
}

const alignments: Readonly<Record<string, number>> = { y: 1, g: 1, v: 1, n: 2, q: 2, x: 8, t: 8, d: 8, "(": 8, "{": 8 };

/** Bytes that a value of this type starts at a multiple of. */
export function alignmentOf(type: string): number {
  return alignments[type[0] ?? ""] ?? 4;
}
