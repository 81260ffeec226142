// SPDX-License-Identifier: Apache-2.0
/** Writes the shell completions, each by the name that its shell looks for. usage: gen-completions.ts DIRECTORY */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bashCompletion } from "./command-line/bash.ts";
import { fishCompletion } from "./command-line/fish.ts";
import { loadTables } from "./command-line/tables.ts";
import { zshCompletion } from "./command-line/zsh.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: gen-completions.ts DIRECTORY");
const { commands, globalFlags } = await loadTables();
const files: Readonly<Record<string, string>> = {
  "bash/runt": bashCompletion(commands, globalFlags),
  "fish/runt.fish": fishCompletion(commands, globalFlags),
  "zsh/_runt": zshCompletion(commands, globalFlags),
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(join(directory, name, ".."), { recursive: true });
  writeFileSync(join(directory, name), text);
}
