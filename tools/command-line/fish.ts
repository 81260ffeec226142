// SPDX-License-Identifier: Apache-2.0
/** Completion for fish. Pure. */
import type { CommandDescription, FlagDescription } from "../../src/cli/describe.ts";
import { candidatesOfArguments, candidatesOfFlag, quoted, signals } from "./shell-words.ts";
import type { Candidates } from "./shell-words.ts";

/** Options of complete(1) for what may stand in a place. */
function offer(candidates: Candidates | undefined): string {
  switch (candidates?.kind) {
    case undefined:
      return "";
    case "files":
      return " -rF";
    case "directories":
      return " -xa '(__fish_complete_directories)'";
    case "containers":
      return " -xa '(__runt_containers)'";
    case "signals":
      return ` -xa ${quoted(signals.join(" "))}`;
    case "words":
      return ` -xa ${quoted(candidates.words.join(" "))}`;
    case "nothing":
      return " -x";
  }
}

function flagLine(condition: string, flag: FlagDescription): string {
  const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
  return `complete -c runt -n ${quoted(condition)} -l ${flag.name}${short} -d ${quoted(flag.help)}${offer(candidatesOfFlag(flag))}\n`;
}

function commandLines(command: CommandDescription): string {
  const places = candidatesOfArguments(command);
  const more = command.maximum === Number.POSITIVE_INFINITY && command.stopEarly !== true;
  const argumentLines = places.map((candidates, index) => {
    const comparison = more && index === places.length - 1 ? "ge" : "eq";
    return `complete -c runt -n ${quoted(`test (__runt_arguments ${command.name}) -${comparison} ${index}`)}${offer(candidates)}\n`;
  });
  return [
    ...command.flags.map((flag) => flagLine(`__fish_seen_subcommand_from ${command.name}`, flag)),
    ...argumentLines,
    command.stopEarly === true
      ? `complete -c runt -n ${quoted(`test (__runt_arguments ${command.name}) -ge ${places.length}`)} -F\n`
      : "",
  ].join("");
}

/** The file for fish. */
export function fishCompletion(commands: readonly CommandDescription[], globalFlags: readonly FlagDescription[]): string {
  return `# SPDX-License-Identifier: Apache-2.0
# Completion of runt for fish, generated from the tables of its command line.

function __runt_containers
    set -l words (commandline -opc)
    set -l at (contains -i -- --root $words)
    if test -n "$at"
        runt --root $words[(math $at + 1)] list --quiet 2>/dev/null
    else
        runt list --quiet 2>/dev/null
    end
end

# Number of words after the command \$argv[1] that are no flags; -1 when the command is another one.
function __runt_arguments
    set -l words (commandline -opc)
    set -l at (contains -i -- $argv[1] $words); or begin
        echo -1
        return
    end
    count (string match -v -- '-*' $words[(math $at + 1)..-1])
end

complete -c runt -f
${commands.map(({ name, summary }) => `complete -c runt -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}\n`).join("")}${globalFlags.map((flag) => flagLine("__fish_use_subcommand", flag)).join("")}${commands.map(commandLines).join("")}`;
}
