// SPDX-License-Identifier: Apache-2.0
/** The declarations of all files of `src/ffi/` as one. */
import type { Constants, Functions, Structs } from "../../src/ffi/declare.ts";

export interface Declarations {
  readonly functions: Functions;
  readonly structs: Structs;
  /** Header to constants. */
  readonly constants: Constants;
}

interface NamedDeclarations {
  /** File, for messages. */
  readonly name: string;
  readonly declarations: Partial<Declarations>;
}

/** Puts files together. Throws when two of them declare one name in two ways; a name may be repeated as it is. */
export function merge(files: readonly NamedDeclarations[]): Declarations {
  const functions: Record<string, Functions[string]> = {};
  const structs: Record<string, Structs[string]> = {};
  const constants: Record<string, Constants[string]> = {};
  for (const { name, declarations } of files) {
    addAll(functions, declarations.functions, name);
    addAll(structs, declarations.structs, name);
    for (const [header, list] of Object.entries(declarations.constants ?? {})) {
      constants[header] = [...(constants[header] ?? []), ...list];
    }
  }
  return { functions, structs, constants };
}

function addAll<T>(target: Record<string, T>, source: Readonly<Record<string, T>> | undefined, file: string): void {
  for (const [name, declaration] of Object.entries(source ?? {})) {
    const before = target[name];
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(declaration)) {
      throw new Error(`src/ffi/${file}: ${JSON.stringify(name)} is declared in another way before`);
    }
    target[name] = declaration;
  }
}
