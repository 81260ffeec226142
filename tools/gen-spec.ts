// SPDX-License-Identifier: Apache-2.0
/**
 * Turns `spec-schemas/` into what the program uses of them, in `build/gen/`:
 *
 *     spec-types.ts     the types of config, state and features
 *     spec-accepts.js   whether a document is valid: a yes or no, small and fast
 *     validators.js     what is wrong with a document: ajv's validators, loaded only when the answer was no
 *     spec-outline.ts   the names of the properties, for what is unknown or misspelt
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acceptsDeclarations, acceptsSource } from "./gen-spec/accepts.ts";
import { outlineSource } from "./gen-spec/outline.ts";
import { SchemaSet } from "./gen-spec/schema.ts";
import { typesSource } from "./gen-spec/types.ts";
import { validatorsDeclarations, validatorsSource } from "./gen-spec/validators.ts";

const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "build/gen");

/** Documents that the program reads, by the name of the exported function that judges them. */
const DOCUMENTS = { config: "config.json", process: "process.json", resources: "resources.json" } as const;

function main(): void {
  const schemas = SchemaSet.load(join(ROOT, "spec-schemas"));
  mkdirSync(OUT, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(OUT, name), text);
  write("spec-types.ts", typesSource(schemas, ["config.json", "state.json", "features.json"]));
  write("spec-outline.ts", outlineSource(schemas, DOCUMENTS));
  write("spec-accepts.js", acceptsSource(schemas, DOCUMENTS));
  write("spec-accepts.d.ts", acceptsDeclarations(DOCUMENTS));
  write("validators.js", validatorsSource(schemas, DOCUMENTS));
  write("validators.d.ts", validatorsDeclarations(DOCUMENTS));
}

main();
