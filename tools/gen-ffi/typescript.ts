// SPDX-License-Identifier: Apache-2.0
/** The TypeScript side of the FFI: constants, layouts, and the types of the functions. */
import type { FunctionDeclaration, ParameterType, ReturnType } from "../../src/ffi/declare.ts";
import type { Declarations } from "./declarations.ts";
import type { Found } from "./probe.ts";

const header = "// SPDX-License-Identifier: Apache-2.0\n// Generated from src/ffi; not committed.\n";

/** `export const MS_NOSUID = 2;` A value that a number cannot hold exactly is a bigint. */
export function emitConstants(constants: ReadonlyMap<string, bigint>): string {
  const lines = [...constants]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export const ${name} = ${literal(value)};\n`);
  return header + lines.join("");
}

function literal(value: bigint): string {
  const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return exact ? String(value) : `${value}n`;
}

/** `export const clone_args = { size: 88, fields: { … } } as const;` */
export function emitStructs(declarations: Declarations, found: Found): string {
  const blocks = Object.entries(declarations.structs).map(([name, { fields }]) => {
    const size = found.sizes.get(name);
    if (size === undefined) throw new Error(`the probe said nothing of struct ${JSON.stringify(name)}`);
    const rows = fields.map((field) => {
      const place = found.fields.get(`${name}.${field}`);
      if (place === undefined) throw new Error(`the probe said nothing of ${name}.${field}`);
      return `    ${JSON.stringify(field)}: { offset: ${place.offset}, size: ${place.size}, signed: ${place.signed} },\n`;
    });
    return `export const ${name} = {\n  size: ${size},\n  fields: {\n${rows.join("")}  },\n} as const;\n`;
  });
  return header + blocks.join("");
}

const parameterTypes: Readonly<Record<ParameterType, string>> = {
  int: "number",
  uint: "number",
  long: "number",
  ulong: "number",
  size: "number",
  fd: "number",
  pid: "number",
  i64: "number | bigint",
  u64: "number | bigint",
  path: "string",
  "path?": "string | null",
  text: "string",
  "text?": "string | null",
  buffer: "Memory",
  "buffer?": "Memory | null",
  strings: "readonly string[]",
  handle: "number | bigint",
  "handle?": "number | bigint | null",
};

const resultTypes: Readonly<Record<ReturnType, string>> = {
  status: "void",
  fd: "number",
  int: "number",
  pid: "number",
  size: "number",
  long: "number",
  i64: "number",
  handle: "number",
  negative_errno: "number",
  errno: "void",
  raw: "number",
  outcome: "number",
};

/** Reserved words that are names of parameters in man pages. */
function parameterName(name: string): string {
  return ["new", "function", "default", "in", "with"].includes(name) ? `${name}_` : name;
}

function signature(name: string, { params, returns }: FunctionDeclaration): string {
  const list = Object.entries(params).map(([parameter, type]) => `${parameterName(parameter)}: ${parameterTypes[type]}`);
  return `  export function ${name}(${list.join(", ")}): ${resultTypes[returns]};\n`;
}

/** Types of the module "runt:ffi". */
export function emitTypes({ functions }: Declarations): string {
  const lines = Object.entries(functions).map(([name, declaration]) => signature(name, declaration));
  return (
    `${header}declare module "runt:ffi" {\n` +
    "  type Memory = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigUint64Array | BigInt64Array;\n" +
    `${lines.join("")}}\n`
  );
}
