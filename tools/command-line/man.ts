// SPDX-License-Identifier: Apache-2.0
/** Man pages from the tables of commands and flags. Pure. */
import type { CommandDescription, Example, FlagDescription } from "../../src/cli/describe.ts";
import { flagText } from "../../src/cli/help.ts";
import { parameterList } from "../../src/cli/usage.ts";
import { entry, escapeRoff, paragraphs, section, sentence } from "./roff.ts";
import type { Tables } from "./tables.ts";

/** What runt.8 says of the whole. */
const whole: { readonly description: readonly string[]; readonly examples: readonly Example[] } = {
  description: [
    "`runt` runs containers as the OCI runtime-spec describes them. A container is made from a bundle: a directory with a " +
      "`config.json` and a root file system. Engines such as Docker, containerd, Podman and CRI-O call `runt` for every container; " +
      "people can, too.",
    "Options before the command are for every command. Flags may be written `--flag VALUE`, `--flag=VALUE` or with one dash; `--` ends " +
      "them.",
  ],
  examples: [
    { words: "--root /run/docker/runtime-runc/moby list", what: "list the containers that Docker has runt run" },
    { words: "--trace trace.json run hello", what: "write every system call of the run, for https://ui.perfetto.dev" },
  ],
};

/** When the pages were last read through; the same in every build. */
const DATE = "2026-11-24";

function header(title: string, version: string): string {
  return `.\\" SPDX-License-Identifier: Apache-2.0\n.\\" Generated from the tables of src/cli.\n.TH ${title} 8 "${DATE}" "runt ${version}"\n`;
}

function flagEntry(flag: FlagDescription): string {
  const { name, short = "", type, value } = flag;
  const argument = type === "boolean" ? "" : ` \\fI${escapeRoff(value ?? "VALUE")}\\fR`;
  const names = [`\\-\\-${escapeRoff(name)}`, ...Array.from(short, (letter) => `\\-${letter}`)];
  return entry(names.map((each) => `\\fB${each}\\fR${argument}`).join(", "), sentence(flagText(flag)));
}

function exampleList(list: readonly Example[] = []): string {
  return list
    .map(({ words, what }) => `.PP\n${escapeRoff(sentence(what))}\n.PP\n.RS 4\n.nf\n${escapeRoff(`runt ${words}`)}\n.fi\n.RE\n`)
    .join("");
}

/** Words in capitals are for the reader to fill in. */
function usageRoff(usage: string): string {
  return escapeRoff(usage).replace(/[A-Z][A-Z:]+/g, "\\fI$&\\fR");
}

const programFiles: readonly (readonly [string, string])[] = [
  ["/run/runt/ID/", "State of the container ID; see `--root`. An ordinary user's is in $XDG_RUNTIME_DIR/runt."],
  ["/run/runt/ID/state.json", "What runt knows of the container. No status is stored."],
];

const programStatus: readonly (readonly [string, string])[] = [
  ["0", "Done."],
  ["1", "The command failed; the reason is on standard error, and in the log file."],
  ["255", "`runt exec` itself failed, so that it differs from a command that ended with 1."],
  ["any", "`run` and `exec` without `--detach` end as the process did, or with 128 and the number of the signal that killed it."],
];

/** runt.8 */
export function programPage({ program: { commands, globalFlags }, version }: Tables): string {
  const list = commands.map(({ name, summary }) => entry(`\\fBrunt\\-${escapeRoff(name)}\\fR(8)`, sentence(summary))).join("");
  const table = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([head, text]) => entry(`\\fB${escapeRoff(head)}\\fR`, text)).join("");
  return [
    header("RUNT", version),
    section("NAME", "runt \\- run OCI containers\n"),
    section(
      "SYNOPSIS",
      "\\fBrunt\\fR [\\fIglobal options\\fR] \\fIcommand\\fR [\\fIcommand options\\fR] [\\fIarguments\\fR...]\n",
    ),
    section("DESCRIPTION", paragraphs(whole.description)),
    section("COMMANDS", list),
    section("GLOBAL OPTIONS", globalFlags.map(flagEntry).join("")),
    section("EXIT STATUS", table(programStatus)),
    section("FILES", table(programFiles)),
    section("EXAMPLES", exampleList(whole.examples)),
    section("SEE ALSO", `${commands.map(({ name }) => `\\fBrunt\\-${escapeRoff(name)}\\fR(8)`).join(",\n")}\n`),
  ].join("");
}

function exitStatus({ name, failure }: CommandDescription): string {
  if (failure === undefined && name !== "run") return "0, or 1 when it failed.\n";
  return `That of the process, 128 and the number of the signal that killed it, or ${failure ?? 1} when the command itself failed.\n`;
}

/** runt-COMMAND.8 */
export function commandPage(command: CommandDescription, version: string): string {
  const { name, summary, description = [sentence(summary)], parameters, flags, examples } = command;
  const options = flags.length === 0 ? "" : " [\\fIoptions\\fR]";
  return [
    header(`RUNT\\-${escapeRoff(name.toUpperCase())}`, version),
    section("NAME", `runt\\-${escapeRoff(name)} \\- ${escapeRoff(summary)}\n`),
    section("SYNOPSIS", `\\fBrunt ${escapeRoff(name)}\\fR${options} ${usageRoff(parameterList(parameters))}`.trimEnd() + "\n"),
    section("DESCRIPTION", paragraphs(description)),
    section("OPTIONS", flags.map(flagEntry).join("")),
    section("EXIT STATUS", exitStatus(command)),
    section("EXAMPLES", exampleList(examples)),
    section("SEE ALSO", "\\fBrunt\\fR(8), for the options before the command\n"),
  ].join("");
}

/** All pages, by file name. */
export function manPages(tables: Tables): ReadonlyMap<string, string> {
  return new Map([
    ["runt.8", programPage(tables)],
    ...tables.program.commands.map((command): [string, string] => [
      `runt-${command.name}.8`,
      commandPage(command, tables.version),
    ]),
  ]);
}
