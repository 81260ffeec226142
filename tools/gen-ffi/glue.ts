// SPDX-License-Identifier: Apache-2.0
/** The C side of the FFI: a thunk a function, and the table that the dispatcher reads (engine/dispatch.h). */
import type { FunctionDeclaration, ParameterType, ReturnType } from "../../src/ffi/declare.ts";
import type { Declarations } from "./declarations.ts";

/** Type codes of the table, see engine/dispatch.c. */
const codes: Readonly<Record<ParameterType, string>> = {
  int: "n",
  uint: "n",
  long: "n",
  ulong: "n",
  size: "n",
  fd: "n",
  pid: "n",
  i64: "n",
  u64: "n",
  path: "p",
  "path?": "P",
  text: "t",
  "text?": "T",
  buffer: "b",
  "buffer?": "B",
  strings: "s",
  handle: "h",
  "handle?": "H",
};

const results: Readonly<Record<ReturnType, string>> = {
  status: "FFI_STATUS",
  fd: "FFI_NUMBER",
  int: "FFI_NUMBER",
  pid: "FFI_NUMBER",
  size: "FFI_NUMBER",
  long: "FFI_NUMBER",
  i64: "FFI_NUMBER",
  handle: "FFI_HANDLE",
  negative_errno: "FFI_NEGATIVE_ERRNO",
  errno: "FFI_ERRNO",
  raw: "FFI_RAW",
  outcome: "FFI_OUTCOME",
};

const casts: Readonly<Partial<Record<ParameterType, string>>> = {
  int: "(int)",
  fd: "(int)",
  pid: "(int)",
  uint: "(unsigned int)",
  ulong: "(unsigned long)",
  size: "(size_t)",
  u64: "(uint64_t)",
};

function argument(type: ParameterType, index: number): string {
  const code = codes[type];
  if (code === "n") return `${casts[type] ?? ""}a[${index}].number`;
  if (code.toLowerCase() === "s") return `a[${index}].strings`;
  return code.toLowerCase() === "p" || code.toLowerCase() === "t" ? `a[${index}].text` : `a[${index}].memory`;
}

/** A raw call passes everything in registers; a pointer is one as well as a number. */
function thunk(name: string, declaration: FunctionDeclaration): string {
  const types = Object.values(declaration.params);
  const list = types.map(argument);
  const call = "syscall" in declaration ? `syscall(${[`SYS_${name}`, ...list].join(", ")})` : `${name}(${list.join(", ")})`;
  const cast = declaration.returns === "handle" ? "(long)(intptr_t)" : "(long)";
  const unused = types.length === 0 ? "\t(void)a;\n" : "";
  return `static long thunk_${name}(const union ffi_value *a)\n{\n${unused}\treturn ${cast}${call};\n}\n\n`;
}

function row(name: string, { params, returns, interruptible }: FunctionDeclaration): string {
  const types = Object.values(params).map((type) => codes[type]);
  return `\t{ "${name}", "${types.join("")}", ${results[returns]}, ${interruptible === true ? 1 : 0}, thunk_${name} },\n`;
}

/** The whole of build/gen/ffi.c. */
export function emitGlue({ functions }: Declarations): string {
  const entries = Object.entries(functions);
  const headers = new Set(entries.flatMap(([, declaration]) => ("header" in declaration ? [declaration.header] : [])));
  return (
    "/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from src/ffi; not committed. */\n" +
    [...headers]
      .sort()
      .map((header) => `#include <${header}>\n`)
      .join("") +
    "#include <stdint.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n\n" +
    '#include "dispatch.h"\n\n' +
    entries.map(([name, declaration]) => thunk(name, declaration)).join("") +
    `const struct ffi_function ffi_functions[] = {\n${entries.map(([name, declaration]) => row(name, declaration)).join("")}};\n\n` +
    "const int ffi_function_count = sizeof(ffi_functions) / sizeof(ffi_functions[0]);\n"
  );
}
