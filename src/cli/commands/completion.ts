// SPDX-License-Identifier: Apache-2.0
import { writeResult } from "../../log/output.ts";
import { completionScript, shells } from "../completion.ts";
import type { CommandDescription, ProgramDescription } from "../describe.ts";
import { UsageError } from "../parse.ts";

/** `completion`, of a program whose description it is a part of. */
export function completion(program: () => ProgramDescription): CommandDescription {
  return {
    name: "completion",
    summary: "print a completion script for a shell",
    parameters: [{ name: "SHELL", completes: shells }],
    flags: [],
    examples: [
      { words: "completion bash > /etc/bash_completion.d/runt", what: "for all users of bash" },
      { words: "completion fish | source", what: "for this fish alone" },
    ],
    run: ({ arguments: [name = ""] }) => {
      const shell = shells.find((each) => each === name);
      if (shell === undefined)
        throw new UsageError(`no completion for shell ${JSON.stringify(name)}: ${shells.join(", ")} are there`);
      writeResult(completionScript(shell, program()));
      return 0;
    },
  };
}
