// SPDX-License-Identifier: Apache-2.0
import type { CommandDescription, FlagDescription, ProgramDescription } from "../describe.ts";
import { helpFlag } from "../flags.ts";
import { type Offer, offerForFlag, offerForParameter, spellings } from "./offers.ts";

/** A script for fish 3 and newer: one line a flag, a command and an argument. */
export function fishCompletion(program: ProgramDescription): string {
  const globals = program.globalFlags.map((flag) => flagLine("__runt_no_command", flag));
  const names = program.commands.map(
    ({ name, summary }) => `complete -c runt -n __runt_no_command -a ${quote(name)} -d ${quote(summary)}\n`,
  );
  return `# fish completion for runt, made by "runt completion fish"

${functions(program)}
complete -c runt -f
${[...globals, ...names, ...program.commands.map((command) => commandLines(command, program))].join("")}`;
}

/** `__runt_words` prints the words that are neither flags nor their values: the command, and its arguments. */
function functions({ globalFlags, commands }: ProgramDescription): string {
  const takers = commands.map(({ name, flags }) => `\t\t\t\tcase ${name}\n\t\t\t\t\tset takers ${valueFlags(flags)}\n`);
  return `function __runt_words
	set -l skip no
	set -l command
	set -l takers ${valueFlags(globalFlags)}
	for word in (commandline -opc)[2..-1]
		if test $skip = yes
			set skip no
		else if contains -- $word $takers
			set skip yes
		else if not string match -q -- '-*' $word
			echo $word
			test -n "$command"; and continue
			set command $word
			switch $command
${takers.join("")}			end
		end
	end
end

function __runt_no_command
	test (count (__runt_words)) -eq 0
end

function __runt_command
	set -l words (__runt_words)
	test (count $words) -gt 0; and test $words[1] = $argv[1]
end

function __runt_argument
	__runt_command $argv[1]; and test (count (__runt_words)) $argv[2] $argv[3]
end

function __runt_containers
	set -l words (commandline -opc)
	set -l root
	if set -l at (contains -i -- --root $words)
		set root --root $words[(math $at + 1)]
	end
	runt $root list --quiet 2>/dev/null
end
`;
}

function commandLines({ name, flags, parameters }: CommandDescription, program: ProgramDescription): string {
  const offers = parameters.map((parameter, index) => {
    const offered = action(offerForParameter(parameter, program));
    const place = `__runt_argument ${name} ${parameter.many === true ? "-ge" : "-eq"} ${index + 1}`;
    return offered === "" ? "" : `complete -c runt -n ${quote(place)}${offered}\n`;
  });
  return [...[...flags, helpFlag].map((flag) => flagLine(`__runt_command ${name}`, flag)), ...offers].join("");
}

function valueFlags(flags: readonly FlagDescription[]): string {
  return flags
    .filter(({ type }) => type !== "boolean")
    .flatMap(spellings)
    .join(" ");
}

function flagLine(condition: string, flag: FlagDescription): string {
  const letters = Array.from(flag.short ?? "", (letter) => ` -s ${letter}`).join("");
  const offer = offerForFlag(flag);
  const value = offer === undefined ? "" : ` ${offer.kind === "files" ? "-r" : "-x"}${action(offer)}`;
  return `complete -c runt -n ${quote(condition)} -l ${flag.name}${letters}${value} -d ${quote(flag.help)}\n`;
}

function action(offer: Offer): string {
  if (offer.kind === "words") return ` -a ${quote(offer.words.join(" "))}`;
  if (offer.kind === "containers") return " -a '(__runt_containers)'";
  if (offer.kind === "files") return " -F";
  return offer.kind === "directories" ? " -a '(__fish_complete_directories)'" : "";
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
