// SPDX-License-Identifier: Apache-2.0
/** Help texts, from the descriptions. Pure. */
import type { CommandDescription, FlagDescription } from "./describe.ts";

/** `runt --help`. */
export function programHelp(commands: readonly CommandDescription[], globals: readonly FlagDescription[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `   ${name.padEnd(width)}  ${summary}\n`).join("");
  return `NAME:
   runt - run OCI containers

USAGE:
   runt [global options] command [command options] [arguments...]

COMMANDS:
${list}
GLOBAL OPTIONS:
${flagList(globals)}`;
}

/** `runt COMMAND --help`. */
export function commandHelp(command: CommandDescription): string {
  const options = command.flags.length === 0 ? "" : `\nOPTIONS:\n${flagList(command.flags)}`;
  return `NAME:
   runt ${command.name} - ${command.summary}

USAGE:
   runt ${command.name}${command.flags.length === 0 ? "" : " [command options]"}${command.usage === "" ? "" : ` ${command.usage}`}
${options}`;
}

/** `--bundle DIR, -b DIR`. */
export function flagHeading({ name, short, type, value }: FlagDescription): string {
  const argument = type === "boolean" ? "" : ` ${value ?? "VALUE"}`;
  return `--${name}${argument}${short === undefined ? "" : `, -${short}${argument}`}`;
}

function flagList(flags: readonly FlagDescription[]): string {
  const headings = flags.map(flagHeading);
  const width = Math.max(...headings.map((heading) => heading.length));
  return flags.map(({ help }, index) => `   ${(headings[index] ?? "").padEnd(width)}  ${help}\n`).join("");
}
