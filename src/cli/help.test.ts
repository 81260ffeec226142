// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { CommandDescription } from "./describe.ts";
import { commandHelp, flagHeading, flagText, programHelp } from "./help.ts";

const greet: CommandDescription = {
  name: "greet",
  summary: "say hello",
  description: ["One paragraph that is so long that it does not fit on a line of eighty characters.", "Another."],
  parameters: [{ name: "WHO" }],
  flags: [
    { name: "loud", short: "l", type: "boolean", help: "shout" },
    { name: "in", type: "list", value: "PLACE", help: "where" },
  ],
  examples: [{ words: "greet you", what: "somebody" }],
  run: () => 0,
};

t.test("commandHelp() is laid out in sections", async (t) => {
  t.equal(
    commandHelp(greet),
    `NAME:
   runt greet - say hello

USAGE:
   runt greet [command options] WHO

DESCRIPTION:
   One paragraph that is so long that it does not fit on a line of eighty
   characters.

   Another.

OPTIONS:
   --loud, -l  shout
   --in PLACE  where; may be repeated

EXAMPLES:
   runt greet you  somebody
`,
  );
});

t.test("programHelp() lists commands and options", async (t) => {
  const text = programHelp({ commands: [greet], globalFlags: [{ name: "root", type: "string", value: "DIR", help: "where" }] });
  t.match(text, "COMMANDS:\n   greet  say hello\n\nGLOBAL OPTIONS:\n   --root DIR  where\n");
});

t.test("a flag's heading and text tell its value, its values and its default", async (t) => {
  const flag = {
    name: "format",
    short: "fF",
    type: "string",
    value: "FORMAT",
    values: ["a", "b"],
    default: "a",
    help: "how",
  } as const;
  t.equal(flagHeading(flag), "--format FORMAT, -f FORMAT");
  t.equal(flagText(flag), "how: a, b (default: a)");
});
