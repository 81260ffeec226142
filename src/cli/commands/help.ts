// SPDX-License-Identifier: Apache-2.0
import { writeResult } from "../../log/output.ts";
import type { CommandDescription, ProgramDescription } from "../describe.ts";
import { commandHelp, programHelp } from "../help.ts";
import { findCommand } from "../lookup.ts";

/** `help`, of a program whose description it is a part of. */
export function helpCommand(program: () => ProgramDescription): CommandDescription {
  return {
    name: "help",
    summary: "show the commands, or the flags of one",
    parameters: [{ name: "COMMAND", optional: true, completes: "command" }],
    flags: [],
    run: ({ arguments: [name] }) => {
      const described = program();
      writeResult(name === undefined ? programHelp(described) : commandHelp(findCommand(described.commands, name)));
      return 0;
    },
  };
}
