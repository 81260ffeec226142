// SPDX-License-Identifier: Apache-2.0
/** Help texts, from the descriptions. Pure. */
import type { CommandDescription, FlagDescription, ProgramDescription } from "./describe.ts";
import { usageLine } from "./usage.ts";

const indent = "   ";
const textWidth = 80;

/** `runt --help`. */
export function programHelp({ commands, globalFlags }: ProgramDescription): string {
  return sections([
    ["NAME", `${indent}runt - run OCI containers\n`],
    ["USAGE", `${indent}runt [global options] command [command options] [arguments...]\n`],
    ["COMMANDS", columns(commands.map(({ name, summary }) => [name, summary]))],
    ["GLOBAL OPTIONS", flagList(globalFlags)],
  ]);
}

/** `runt COMMAND --help`. */
export function commandHelp(command: CommandDescription): string {
  const { name, summary, description = [], flags, examples = [] } = command;
  return sections([
    ["NAME", `${indent}runt ${name} - ${summary}\n`],
    ["USAGE", `${indent}${usageLine(command)}\n`],
    ["DESCRIPTION", description.map((paragraph) => wrap(paragraph)).join("\n")],
    ["OPTIONS", flagList(flags)],
    ["EXAMPLES", columns(examples.map(({ words, what }) => [`runt ${words}`, what]))],
  ]);
}

/** `--bundle DIR, -b DIR`. */
export function flagHeading({ name, short, type, value }: FlagDescription): string {
  const argument = type === "boolean" ? "" : ` ${value ?? "VALUE"}`;
  return `--${name}${argument}${short === undefined ? "" : `, -${short[0] ?? ""}${argument}`}`;
}

/** What a flag does, with the values it takes and its default. */
export function flagText({ help, type, values, default: fallback }: FlagDescription): string {
  const choice = values === undefined ? "" : `: ${values.join(", ")}`;
  const repeated = type === "list" ? "; may be repeated" : "";
  return `${help}${choice}${repeated}${fallback === undefined ? "" : ` (default: ${fallback})`}`;
}

function flagList(flags: readonly FlagDescription[]): string {
  return columns(flags.map((flag) => [flagHeading(flag), flagText(flag)]));
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}\n`).join("");
}

/** Sections with nothing in them are left out. */
function sections(list: readonly (readonly [string, string])[]): string {
  return list
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `${title}:\n${text}`)
    .join("\n");
}

function wrap(paragraph: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.replaceAll("`", "").split(" ")) {
    if (line !== "" && line.length + 1 + word.length > textWidth) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((text) => `${indent}${text}\n`).join("");
}
