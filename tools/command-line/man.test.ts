// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import t from "tap";
import { manPages } from "./man.ts";
import { escapeRoff, richRoff } from "./roff.ts";
import { loadTables } from "./tables.ts";

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

const tables = await loadTables();
const pages = manPages(tables);

t.test("every command has a page", async (t) => {
  const names = tables.program.commands.map(({ name }) => name);
  t.same([...pages.keys()], ["runt.8", ...names.map((name) => `runt-${name}.8`)]);
  for (const [file, page] of pages) t.match(page, /^\.TH [A-Z\\-]+ 8 "[0-9-]{10}" "runt [0-9.]+"$/m, file);
});

t.test("every page has every flag, with each of its letters, and no other", async (t) => {
  const { commands, globalFlags } = tables.program;
  for (const [file, flags] of [
    ["runt.8", globalFlags] as const,
    ...commands.map((command) => [`runt-${command.name}.8`, command.flags] as const),
  ]) {
    const entries = [...(pages.get(file) ?? "").matchAll(/^\\fB\\-\\-(\S+?)\\fR.*$/gm)];
    const names = entries.map(([, name = ""]) => name.replaceAll("\\-", "-"));
    t.strictSame(names.sort(), flags.map(({ name }) => name).sort(), file);
    for (const { name, short = "" } of flags) {
      const line = entries.find(([, found = ""]) => found.replaceAll("\\-", "-") === name)?.[0] ?? "";
      for (const letter of short) t.match(line, `\\fB\\-${letter}\\fR`, `${file}: -${letter}`);
    }
  }
});

const noGroff = spawnSync("groff", ["--version"]).error !== undefined;

t.test("groff has nothing to say against a page", { skip: noGroff ? "no groff on this machine" : false }, async (t) => {
  const { status, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8", "-z"], {
    input: [...pages.values()].join(""),
    encoding: "utf8",
    timeout: 20_000,
  });
  t.equal(status, 0);
  t.equal(stderr, "");
});
