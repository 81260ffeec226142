// SPDX-License-Identifier: Apache-2.0
/** Turns `spec-schemas/` into the TypeScript types of config, state and features: `build/gen/spec-types.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SchemaSet } from "./gen-spec/schema.ts";
import { typesSource } from "./gen-spec/types.ts";

const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "build/gen");

mkdirSync(OUT, { recursive: true });
writeFileSync(
  join(OUT, "spec-types.ts"),
  typesSource(SchemaSet.load(join(ROOT, "spec-schemas")), ["config.json", "state.json", "features.json"]),
);
