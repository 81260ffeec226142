// SPDX-License-Identifier: Apache-2.0
/**
 * C sources whose assembly says what the headers say: the compiler writes each number into a line of text, so nothing has to run, and the
 * compiler may be one for another machine. Each header has a file of its own, so that headers that clash never meet.
 */
import type { ConstantDeclaration, StructDeclaration } from "../../src/ffi/declare.ts";
import type { Declarations } from "./declarations.ts";

export interface Field {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

export interface Found {
  readonly constants: ReadonlyMap<string, bigint>;
  readonly sizes: ReadonlyMap<string, number>;
  /** "struct.field" */
  readonly fields: ReadonlyMap<string, Field>;
}

const prelude = `/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
`;

/** Kernel headers define some flags by flags of open(2) that they do not define themselves. */
const postlude = `#ifndef O_CLOEXEC
#include <fcntl.h>
#endif
`;

/** Lines of text that no assembler ever reads; `%c0` becomes the first number, which may have 32 bits on all machines. */
const macros = `
#define HALF(x, shift) "i"((int)((unsigned long long)(x) >> (shift)))
#define CONSTANT(name) __asm__("\\n->constant " #name " %c0 %c1 %c2\\n" : : HALF(name, 32), HALF(name, 0), "i"((name) < 0))
#define MEMBER(type, field) (((type *)0)->field)
#define IS_SIGNED(x) _Generic((x), signed char: 1, char: 1, short: 1, int: 1, long: 1, long long: 1, default: 0)
#define STRUCT(name, type) __asm__("\\n->struct " name " %c0\\n" : : "i"(sizeof(type)))
#define FIELD(name, type, field) __asm__("\\n->field " name "." #field " %c0 %c1 %c2\\n" : : "i"(offsetof(type, field)), \\
	"i"(sizeof(MEMBER(type, field))), "i"(IS_SIGNED(MEMBER(type, field))))
`;

/** One source a header. */
export function emitProbes(declarations: Declarations): { readonly name: string; readonly text: string }[] {
  const headers = new Set([
    ...Object.keys(declarations.constants),
    ...Object.values(declarations.structs).map(({ header }) => header),
  ]);
  return [...headers].sort().map((header, index) => ({ name: `probe-${index}.c`, text: probe(header, declarations) }));
}

function probe(header: string, { constants, structs }: Declarations): string {
  const wanted = uniqueConstants(constants[header] ?? []);
  const fallbacks = wanted
    .filter((entry) => typeof entry !== "string")
    .map(([name, value]) => `#ifndef ${name}\n#define ${name} ${value}\n#endif\n`)
    .join("");
  const lines = [
    ...wanted.map((entry) => `\tCONSTANT(${typeof entry === "string" ? entry : entry[0]});\n`),
    ...Object.entries(structs)
      .filter(([, declaration]) => declaration.header === header)
      .flatMap(([name, declaration]) => structLines(name, declaration)),
  ];
  return `${prelude}#include <${header}>\n${postlude}${macros}${fallbacks}\nvoid probe(void)\n{\n${lines.join("")}}\n`;
}

function uniqueConstants(list: readonly ConstantDeclaration[]): ConstantDeclaration[] {
  const seen = new Map<string, ConstantDeclaration>();
  for (const entry of list) {
    const name = typeof entry === "string" ? entry : entry[0];
    if (!seen.has(name) || typeof entry !== "string") seen.set(name, entry);
  }
  return [...seen.values()];
}

function structLines(name: string, { c, fields }: StructDeclaration): string[] {
  return [`\tSTRUCT("${name}", ${c});\n`, ...fields.map((field) => `\tFIELD("${name}", ${c}, ${field});\n`)];
}

/** Flags of the compiler for `-S`; the file comes behind them, the assembly to standard output. */
export const probeFlags = ["-S", "-O0", "-o", "-"] as const;

function joinHalves(high: string, low: string, negative: boolean): bigint {
  const bits = (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low));
  return negative ? bits : BigInt.asUintN(64, bits);
}

/** Reads the assembly of the probes. */
export function parseProbe(assembly: string): Found {
  const constants = new Map<string, bigint>();
  const sizes = new Map<string, number>();
  const fields = new Map<string, Field>();
  for (const line of assembly.split("\n")) {
    if (!line.startsWith("->")) continue;
    const [kind, name = "", first = "", second = "", third] = line.slice(2).split(" ");
    if (kind === "constant") constants.set(name, joinHalves(first, second, third === "1"));
    else if (kind === "struct") sizes.set(name, Number(first));
    else fields.set(name, { offset: Number(first), size: Number(second), signed: third === "1" });
  }
  return { constants, sizes, fields };
}
