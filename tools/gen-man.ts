// SPDX-License-Identifier: Apache-2.0
/** Writes the man pages. usage: gen-man.ts DIRECTORY */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manPages } from "./command-line/man.ts";
import { loadTables } from "./command-line/tables.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: gen-man.ts DIRECTORY");
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [name, text] of manPages(await loadTables())) writeFileSync(join(directory, name), text);
