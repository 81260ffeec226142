// SPDX-License-Identifier: Apache-2.0
/** C programs that print what the headers say. Each header has a file of its own, so that headers that clash never meet. */
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
#include <stdio.h>
#include <sys/types.h>
`;

/** Kernel headers define some flags by flags of open(2) that they do not define themselves. */
const postlude = `#ifndef O_CLOEXEC
#include <fcntl.h>
#endif
`;

const macros = `
#define CONSTANT(name) printf("constant %s %s%llu\\n", #name, (name) < 0 ? "-" : "", \\
	(name) < 0 ? -(unsigned long long)(name) : (unsigned long long)(name))
#define MEMBER(type, field) (((type *)0)->field)
#define IS_SIGNED(x) _Generic((x), signed char: 1, char: 1, short: 1, int: 1, long: 1, long long: 1, default: 0)
#define STRUCT(name, type) printf("struct %s %zu\\n", name, sizeof(type))
#define FIELD(name, type, field) printf("field %s.%s %zu %zu %d\\n", name, #field, offsetof(type, field), \\
	sizeof(MEMBER(type, field)), IS_SIGNED(MEMBER(type, field)))
`;

/** One source a header, and one with main(). */
export function emitProbes(declarations: Declarations): { readonly name: string; readonly text: string }[] {
  const headers = new Set([
    ...Object.keys(declarations.constants),
    ...Object.values(declarations.structs).map(({ header }) => header),
  ]);
  const probes = [...headers].sort().map((header, index) => ({
    name: `probe-${index}.c`,
    text: probe(index, header, declarations),
  }));
  const calls = probes.map((_, index) => `\tprobe_${index}();\n`).join("");
  const prototypes = probes.map((_, index) => `void probe_${index}(void);\n`).join("");
  const main = `/* SPDX-License-Identifier: Apache-2.0 */\n${prototypes}\nint main(void)\n{\n${calls}\treturn 0;\n}\n`;
  return [...probes, { name: "main.c", text: main }];
}

function probe(index: number, header: string, { constants, structs }: Declarations): string {
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
  return `${prelude}#include <${header}>\n${postlude}${macros}${fallbacks}\nvoid probe_${index}(void)\n{\n${lines.join("")}}\n`;
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

/** Reads what the probe printed. */
export function parseProbe(output: string): Found {
  const constants = new Map<string, bigint>();
  const sizes = new Map<string, number>();
  const fields = new Map<string, Field>();
  for (const line of output.split("\n")) {
    const [kind, name, first, second, third] = line.split(" ");
    if (name === undefined || first === undefined) continue;
    if (kind === "constant") constants.set(name, BigInt(first));
    else if (kind === "struct") sizes.set(name, Number(first));
    else fields.set(name, { offset: Number(first), size: Number(second), signed: third === "1" });
  }
  return { constants, sizes, fields };
}
