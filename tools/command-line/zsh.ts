// SPDX-License-Identifier: Apache-2.0
/** Completion for zsh. Pure. */
import type { CommandDescription, FlagDescription } from "../../src/cli/describe.ts";
import { candidatesOfArguments, candidatesOfFlag, quoted, signals, spellings } from "./shell-words.ts";
import type { Candidates } from "./shell-words.ts";

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case "files":
      return "_files";
    case "directories":
      return "_files -/";
    case "containers":
      return "_runt_containers";
    case "signals":
      return `(${signals.join(" ")})`;
    case "words":
      return `(${candidates.words.join(" ")})`;
    case "nothing":
      return " ";
  }
}

/** A text between brackets or colons of _arguments. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

/** `'*'{--env,-e}'[help]:NAME=VALUE: '` */
function flagSpec(flag: FlagDescription): string {
  const names = spellings(flag);
  const candidates = candidatesOfFlag(flag);
  const value = candidates === undefined ? "" : `:${plain(flag.value ?? "VALUE")}:${action(candidates)}`;
  const end = quoted(`[${plain(flag.help)}]${value}`);
  const prefix = flag.type === "list" ? "'*'" : names.length > 1 ? quoted(`(${names.join(" ")})`) : "";
  return `${prefix}${names.length > 1 ? `{${names.join(",")}}` : (names[0] ?? "")}${end}`;
}

function commandCase(command: CommandDescription): string {
  const places = candidatesOfArguments(command);
  const many = command.maximum === Number.POSITIVE_INFINITY;
  const argumentSpecs = places.map((candidates, index) => {
    const repeated = many && command.stopEarly !== true && index === places.length - 1;
    return quoted(`${repeated ? "*" : index + 1}:argument:${action(candidates)}`);
  });
  if (command.stopEarly === true) argumentSpecs.push(quoted("*::command:_normal"));
  const specs = [...command.flags.map(flagSpec), "--help'[show this help]'", ...argumentSpecs];
  const options = command.stopEarly === true ? "-S -A '-*'" : "-S";
  return `    ${command.name}) _arguments ${options} ${specs.join(" \\\n      ")} ;;\n`;
}

/** The file for a directory of $fpath. */
export function zshCompletion(commands: readonly CommandDescription[], globalFlags: readonly FlagDescription[]): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}\n`).join("");
  return `#compdef runt
# SPDX-License-Identifier: Apache-2.0
# Completion of runt for zsh, generated from the tables of its command line.

_runt_containers() {
  local -a ids where
  [[ -n $root ]] && where=(--root $root)
  ids=(\${(f)"$(runt $where list --quiet 2>/dev/null)"})
  compadd -a ids
}

_runt() {
  local -a names
  local context state state_descr line root
  typeset -A opt_args
  names=(
${list}  )
  _arguments -S -A '-*' \\
    ${globalFlags.map(flagSpec).join(" \\\n    ")} \\
    '1:command:->command' '*::argument:->arguments' && return
  root=\${opt_args[--root]}
  case $state in
    command) _describe command names; return ;;
  esac
  case $line[1] in
${commands.map(commandCase).join("")}    help) _describe command names ;;
  esac
}

_runt "$@"
`;
}
