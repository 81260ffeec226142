// SPDX-License-Identifier: Apache-2.0
import type { CommandDescription, FlagDescription, ParameterDescription, ProgramDescription } from "../describe.ts";
import { helpFlag } from "../flags.ts";
import { type Offer, offerForFlag, offerForParameter, spellings } from "./offers.ts";

/** A script for zsh's completion system, to lie in a directory of fpath as `_runt`, or to be sourced. */
export function zshCompletion(program: ProgramDescription): string {
  return `#compdef runt
# zsh completion for runt, made by "runt completion zsh"

_runt_containers() {
	local -a ids=(\${(f)"$(runt $runt_root list --quiet 2>/dev/null)"})
	_describe -t containers container ids
}

_runt_commands() {
	local -a commands=(
${program.commands.map(({ name, summary }) => `\t\t${quote(`${name}:${summary}`)}\n`).join("")}	)
	_describe -t commands command commands
}

${program.commands.map((command) => commandFunction(command, program)).join("")}_runt() {
	local context state line
	typeset -A opt_args
	local -a runt_root
	_arguments -C -S \\
${program.globalFlags.map((flag) => `\t\t${flagSpec(flag)} \\\n`).join("")}		'1:command:_runt_commands' \\
		'*::argument:->command'
	if [[ $state == command ]]; then
		[[ -n \${opt_args[--root]} ]] && runt_root=(--root "\${(Q)opt_args[--root]}")
		(( $+functions[_runt_$words[1]] )) && _runt_$words[1]
	fi
}

if [[ $funcstack[1] == _runt ]]; then
	_runt "$@"
else
	compdef _runt runt
fi
`;
}

function commandFunction({ name, flags, parameters, stopEarly }: CommandDescription, program: ProgramDescription): string {
  const specs = [
    ...[...flags, helpFlag].map(flagSpec),
    ...parameters.map((parameter, index) => parameterSpec(parameter, index + 1, program)),
  ];
  const stop = stopEarly === true ? " -A '-*'" : "";
  return `_runt_${name}() {\n\t_arguments -S${stop} \\\n${specs.map((spec) => `\t\t${spec}`).join(" \\\n")}\n}\n\n`;
}

/** `'(--bundle -b)'{--bundle,-b}'[directory that holds config.json]:DIR:_directories'`; a flag that may be repeated begins with `*`. */
function flagSpec(flag: FlagDescription): string {
  const names = spellings(flag);
  const offer = offerForFlag(flag);
  const equals = offer === undefined ? "" : "=";
  const written = names.map((name) => (name.startsWith("--") ? `${name}${equals}` : name));
  const before = flag.type === "list" ? "'*'" : names.length > 1 ? `'(${names.join(" ")})'` : "";
  const value = offer === undefined ? "" : `:${escape(flag.value ?? "VALUE")}:${action(offer)}`;
  const after = quote(`[${escape(flag.help)}]${value}`);
  return `${before}${written.length > 1 ? `{${written.join(",")}}` : (written[0] ?? "")}${after}`;
}

function parameterSpec(parameter: ParameterDescription, position: number, program: ProgramDescription): string {
  const place = parameter.many === true ? "*" : `${position}`;
  const colon = parameter.optional === true && parameter.many !== true ? "::" : ":";
  return quote(`${place}${colon}${parameter.name.toLowerCase()}:${action(offerForParameter(parameter, program))}`);
}

function action(offer: Offer): string {
  if (offer.kind === "words") return `(${offer.words.join(" ")})`;
  return { containers: "_runt_containers", files: "_files", directories: "_directories", nothing: " " }[offer.kind];
}

/** Brackets and colons are the syntax of a spec. */
function escape(text: string): string {
  return text.replace(/[[\]\\:]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
