// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import t from "tap";
import type { CommandDescription, FlagDescription } from "../../src/cli/describe.ts";
import { bashCompletion } from "./bash.ts";
import { manPages } from "./man.ts";
import { prose } from "./prose.ts";
import { escapeRoff, richRoff } from "./roff.ts";
import { candidatesOfArguments, candidatesOfFlag } from "./shell-words.ts";
import { loadTables } from "./tables.ts";

const flag = (type: FlagDescription["type"], value: string, help: string): FlagDescription => ({ name: "x", type, value, help });

t.test("escapeRoff() leaves nothing that roff takes for a command", async (t) => {
  for (const [text, expected] of [
    [".config is a file", "\\&.config is a file"],
    ["'quoted'", "\\&'quoted'"],
    ["a\\nb", "a\\enb"],
    ["--log-level", "\\-\\-log\\-level"],
  ] as const)
    t.equal(escapeRoff(text), expected);
  t.equal(richRoff("see `--all` and runt-kill(8)"), "see \\fB\\-\\-all\\fR and \\fBrunt\\-kill\\fR(8)");
});

t.test("candidatesOfFlag() knows choices, files and free values", async (t) => {
  t.same(candidatesOfFlag(flag("string", "FORMAT", '"table" (default) or "json"')), { kind: "words", words: ["table", "json"] });
  t.same(candidatesOfFlag(flag("string", "FILE", 'a file, "-" for standard input')), { kind: "files" });
  t.same(candidatesOfFlag(flag("list", "CAP", "a capability")), { kind: "nothing" });
  t.equal(candidatesOfFlag(flag("boolean", "", "yes")), undefined);
});

t.test("the tables of src/cli make a page for every command and completions that shells accept", async (t) => {
  const tables = await loadTables();
  const names = tables.commands.map(({ name }: CommandDescription) => name);
  const pages = manPages(tables);
  t.same([...pages.keys()], ["runt.8", ...names.map((name) => `runt-${name}.8`)]);
  for (const [file, page] of pages) t.match(page, /^\.TH [A-Z\\-]+ 8 "" "runt [0-9.]+"$/m, file);
  t.same(
    Object.keys(prose).filter((name) => !names.includes(name)),
    [],
    "no text about a command that there is not",
  );
  const kill = tables.commands.find(({ name }) => name === "kill");
  t.same(kill && candidatesOfArguments(kill), [{ kind: "containers" }, { kind: "signals" }]);
  const { status, stderr } = spawnSync("bash", ["-n"], {
    input: bashCompletion(tables.commands, tables.globalFlags),
    encoding: "utf8",
  });
  t.equal(status, 0, stderr);
});
