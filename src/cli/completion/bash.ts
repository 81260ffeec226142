// SPDX-License-Identifier: Apache-2.0
import type { CommandDescription, FlagDescription, ProgramDescription } from "../describe.ts";
import { helpFlag } from "../flags.ts";
import { type Offer, offerForFlag, offerForParameter, spellings } from "./offers.ts";

/**
 * A script for bash 4 and newer that needs no other file. It walks over the words before the cursor: `context` is the command ("" before
 * it), `position` the number of its arguments so far, `pending` the flag whose value comes next.
 */
export function bashCompletion(program: ProgramDescription): string {
  const contexts = [{ name: "", flags: program.globalFlags }, ...program.commands];
  return `# bash completion for runt, made by "runt completion bash"

_runt_takes_value() {
	case "$1 $2" in
${contexts.map(({ name, flags }) => takesValue(name, flags)).join("")}	*) return 1 ;;
	esac
}

_runt_flag_value() {
	case "$1 $2" in
${contexts.map(({ name, flags }) => flagValues(name, flags)).join("")}	esac
}

_runt_flags() {
	case "$1" in
${contexts.map(({ name, flags }) => `\t"${name}") echo "${flagWords(name, flags)}" ;;\n`).join("")}	esac
}

_runt_argument() {
	case "$1 $2" in
	" 0") compgen -W "${program.commands.map(({ name }) => name).join(" ")}" -- "$cur" ;;
${program.commands.map((command) => argumentOffers(command, program)).join("")}	esac
}

_runt_containers() {
	compgen -W "$(runt "\${root[@]}" list --quiet 2>/dev/null)" -- "$cur"
}

${driver(program)}`;
}

function driver({ commands }: ProgramDescription): string {
  const stopping = commands.filter(({ stopEarly }) => stopEarly === true).map(({ name }) => name);
  return `_runt() {
	local cur="\${COMP_WORDS[COMP_CWORD]}" context="" position=0 pending="" ended="" index word
	local root=()
	for ((index = 1; index < COMP_CWORD; index++)); do
		word="\${COMP_WORDS[index]}"
		if [[ $word == "=" ]]; then continue; fi
		if [[ -n $pending ]]; then
			if [[ $pending == --root || $pending == -r ]]; then root=(--root "$word"); fi
			pending=""
		elif [[ -z $ended && $word == -- ]]; then
			ended=yes
		elif [[ -z $ended && $word == -?* ]]; then
			if _runt_takes_value "$context" "$word"; then pending="$word"; fi
		elif [[ -z $context ]]; then
			context="$word"
		else
			((++position))
			case "$context" in ${stopping.join(" | ")}) ended=yes ;; esac
		fi
	done
	if [[ $cur == "=" ]]; then cur=""; fi
	COMPREPLY=()
	if [[ -n $pending ]]; then
		mapfile -t COMPREPLY < <(_runt_flag_value "$context" "$pending")
	elif [[ -z $ended && $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_runt_flags "$context")" -- "$cur")
	else
		mapfile -t COMPREPLY < <(_runt_argument "$context" "$position")
	fi
}

complete -o filenames -F _runt runt
`;
}

function flagWords(context: string, flags: readonly FlagDescription[]): string {
  const all = context === "" ? flags : [...flags, helpFlag];
  return all.flatMap(spellings).join(" ");
}

function takesValue(context: string, flags: readonly FlagDescription[]): string {
  const takers = flags.filter(({ type }) => type !== "boolean").flatMap(spellings);
  return takers.length === 0 ? "" : `\t${takers.map((flag) => `"${context} ${flag}"`).join(" | ")}) return 0 ;;\n`;
}

function flagValues(context: string, flags: readonly FlagDescription[]): string {
  return flags
    .map((flag) => {
      const action = actionFor(offerForFlag(flag));
      const patterns = spellings(flag).map((spelling) => `"${context} ${spelling}"`);
      return action === undefined ? "" : `\t${patterns.join(" | ")}) ${action} ;;\n`;
    })
    .join("");
}

function argumentOffers({ name, parameters }: CommandDescription, program: ProgramDescription): string {
  return parameters
    .map((parameter, index) => {
      const action = actionFor(offerForParameter(parameter, program));
      return action === undefined ? "" : `\t"${name} ${parameter.many === true ? '"*' : `${index}"`}) ${action} ;;\n`;
    })
    .join("");
}

function actionFor(offer: Offer | undefined): string | undefined {
  if (offer === undefined || offer.kind === "nothing") return undefined;
  if (offer.kind === "words") return `compgen -W "${offer.words.join(" ")}" -- "$cur"`;
  if (offer.kind === "containers") return "_runt_containers";
  return `compgen -${offer.kind === "files" ? "f" : "d"} -- "$cur"`;
}
