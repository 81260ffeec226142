// SPDX-License-Identifier: Apache-2.0
import { suggest } from "../spec/suggest.ts";
import type { CommandDescription } from "./describe.ts";
import { UsageError } from "./parse.ts";

/** What the established runtimes end with when there is no such command. */
const unknownCommand = 3;

/** What youki calls commands that are here under another name. */
const otherNames: Readonly<Record<string, string>> = { info: "doctor", checkpointt: "checkpoint" };

/** The command of that name. Throws UsageError, with the name that was probably meant. Pure. */
export function findCommand(commands: readonly CommandDescription[], name: string): CommandDescription {
  const wanted = Object.hasOwn(otherNames, name) ? otherNames[name] : name;
  const found = commands.find((command) => command.name === wanted);
  if (found !== undefined) return found;
  const likely = suggest(
    name,
    commands.map((command) => command.name),
  );
  const hint = likely === undefined ? '"runt --help" lists the commands' : `did you mean "runt ${likely}"?`;
  throw new UsageError(`no command ${JSON.stringify(name)}`, hint, unknownCommand);
}
