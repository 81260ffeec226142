// SPDX-License-Identifier: Apache-2.0
/** Completion for bash. Pure. */
import type { CommandDescription, FlagDescription } from "../../src/cli/describe.ts";
import { candidatesOfArguments, candidatesOfFlag, signals, spellings } from "./shell-words.ts";
import type { Candidates } from "./shell-words.ts";

function fill(candidates: Candidates): string {
  switch (candidates.kind) {
    case "files":
      return "_runt_files";
    case "directories":
      return "_runt_files -d";
    case "containers":
      return "_runt_containers";
    case "signals":
      return `_runt_words '${signals.join(" ")}'`;
    case "words":
      return `_runt_words '${candidates.words.join(" ")}'`;
    case "nothing":
      return ":";
  }
}

/** `--bundle|-b) _runt_files -d ;;` for each flag with a value. */
function valueCases(flags: readonly FlagDescription[]): string {
  return flags
    .flatMap((flag) => {
      const candidates = candidatesOfFlag(flag);
      return candidates === undefined ? [] : [`      ${spellings(flag).join("|")}) ${fill(candidates)}; return ;;\n`];
    })
    .join("");
}

function commandCase(command: CommandDescription): string {
  const flags = [...command.flags.flatMap(spellings), "--help"].join(" ");
  const places = candidatesOfArguments(command);
  const more = command.maximum === Number.POSITIVE_INFINITY && command.stopEarly !== true;
  const cases = places
    .map((candidates, index) => `        ${more && index === places.length - 1 ? "*" : index}) ${fill(candidates)} ;;\n`)
    .join("");
  const stop = command.stopEarly === true ? `      [ "$count" -gt 0 ] && { _runt_program; return; }\n` : "";
  return `    ${command.name})
${stop}      case $previous in
${valueCases(command.flags)}      esac
      [[ $current == -* ]] && { _runt_words '${flags}'; return; }
      case $count in
${cases}      esac
      ;;
`;
}

/** Names of flags whose value is a word of its own. */
function withValue(flags: readonly FlagDescription[]): string {
  const names = flags.filter(({ type }) => type !== "boolean").flatMap(spellings);
  return [...new Set(names)].join("|");
}

/** The file for bash-completion. */
export function bashCompletion(commands: readonly CommandDescription[], globalFlags: readonly FlagDescription[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# SPDX-License-Identifier: Apache-2.0
# Completion of runt for bash, generated from the tables of its command line.

_runt_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_runt_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen "\${1:--f}" -- "$current"); }
_runt_containers() { _runt_words "$(runt "\${globals[@]}" list --quiet 2>/dev/null)"; }
_runt_program() { compopt -o default; COMPREPLY=(); }

# Finds the command, the number of its arguments before the cursor, and the global flags that say where containers are.
_runt() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' count=0 globals=() at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at + 1]} == = ]] && COMP_WORDS[at + 1]=\${COMP_WORDS[at]} && continue # --flag=value is three words here
    case $command:\${COMP_WORDS[at]} in
      :--root) globals+=(--root "\${COMP_WORDS[at + 1]}"); at=$((at + 1)) ;;
      ${withValue(globalFlags.filter(({ name }) => name !== "root"))
        .split("|")
        .map((name) => `:${name}`)
        .join("|")}) at=$((at + 1)) ;;
      :-*) ;;
      :*) command=\${COMP_WORDS[at]} ;;
${commands
  .filter(({ flags }) => withValue(flags) !== "")
  .map(
    ({ name, flags }) =>
      `      ${withValue(flags)
        .split("|")
        .map((flag) => `${name}:${flag}`)
        .join("|")}) at=$((at + 1)) ;;\n`,
  )
  .join("")}      *:-*) ;;
      *) count=$((count + 1)) ;;
    esac
  done
  case $command in
    '')
      case $previous in
${valueCases(globalFlags)}      esac
      _runt_words '${names} ${globalFlags.flatMap(spellings).join(" ")}'
      ;;
    help) _runt_words '${names}' ;;
${commands.map(commandCase).join("")}  esac
}
complete -F _runt runt
`;
}
