// SPDX-License-Identifier: Apache-2.0
/**
 * Generates the FFI from `src/ffi/`: C glue, its TypeScript types, constants and struct layouts.
 *
 * usage: gen-ffi.ts OUTPUT_DIRECTORY COMPILER [FLAG …]
 *
 * Constants, sizes and offsets are what the binary's own compiler makes of its own headers; nothing that it compiles is run, so it may
 * be a cross compiler.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { emitGlue } from "./gen-ffi/glue.ts";
import { emitConstants, emitStructs, emitTypes } from "./gen-ffi/typescript.ts";
import { merge, type Declarations } from "./gen-ffi/declarations.ts";
import { emitProbes, parseProbe, probeFlags } from "./gen-ffi/probe.ts";

async function readDeclarations(directory: string): Promise<Declarations> {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "declare.ts")
    .sort();
  const modules: { name: string; declarations: Partial<Declarations> }[] = [];
  for (const name of files) {
    modules.push({ name, declarations: (await import(pathToFileURL(join(directory, name)).href)) as Partial<Declarations> });
  }
  return merge(modules);
}

/** Writes a file only when it changes, so that make(1) does not rebuild what depends on it. */
function writeIfChanged(path: string, text: string): void {
  try {
    if (readFileSync(path, "utf8") === text) return;
  } catch {
    // not there yet
  }
  writeFileSync(path, text);
}

async function main([output, compiler, ...flags]: string[]): Promise<void> {
  if (output === undefined || compiler === undefined) throw new Error("usage: gen-ffi.ts OUTPUT_DIRECTORY COMPILER [FLAG …]");
  const declarations = await readDeclarations("src/ffi");
  const probeDirectory = join(output, "probe");
  mkdirSync(probeDirectory, { recursive: true });
  const assembly = emitProbes(declarations).map(({ name, text }) => {
    const path = join(probeDirectory, name);
    writeFileSync(path, text);
    const compiled = spawnSync(compiler, [...flags, ...probeFlags, path], {
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
    });
    if (compiled.status !== 0)
      throw new Error("a declaration of src/ffi does not match the headers: see the compiler's errors above");
    return compiled.stdout;
  });
  const found = parseProbe(assembly.join(""));
  writeIfChanged(join(output, "constants.ts"), emitConstants(found.constants));
  writeIfChanged(join(output, "structs.ts"), emitStructs(declarations, found));
  writeIfChanged(join(output, "ffi.d.ts"), emitTypes(declarations));
  writeIfChanged(join(output, "ffi.c"), emitGlue(declarations));
}

await main(process.argv.slice(2));
