// SPDX-License-Identifier: Apache-2.0
/** Writes the shell completions, each by the name that its shell looks for. usage: gen-completions.ts DIRECTORY */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { completionScript, type Shell, shells } from "../src/cli/completion.ts";
import { loadTables } from "./command-line/tables.ts";

const names: Readonly<Record<Shell, string>> = { bash: "bash/runt", zsh: "zsh/_runt", fish: "fish/runt.fish" };

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: gen-completions.ts DIRECTORY");
const { program } = await loadTables();
for (const shell of shells) {
  const file = join(directory, names[shell]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, completionScript(shell, program));
}
