// SPDX-License-Identifier: Apache-2.0
/** What the command line leaves in the heap image. */
import { rehearse } from "../container/rehearse.ts";
import { commands } from "./commands.ts";
import { globalFlags } from "./global-flags.ts";
import { parseWords } from "./parse.ts";

/** Called once, when the binary is built: what it leaves in the heap is there at every start. Pure. */
export function prepare(): void {
  const { arguments: words } = parseWords(
    ["--root", "/run/rehearsal", "--log-format=json", "run", "-b", "/bundle", "rehearsal"],
    {
      flags: globalFlags,
      stopEarly: true,
    },
  );
  for (const { name, flags } of commands) parseWords(name === "run" ? words.slice(1) : [], { flags, stopEarly: false });
  rehearse();
}
