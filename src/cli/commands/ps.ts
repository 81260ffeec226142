// SPDX-License-Identifier: Apache-2.0
import { containerPids, processTable } from "../../container/ps.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter, formatFlag } from "../flags.ts";

export const ps: CommandDescription = {
  name: "ps",
  summary: "list the processes of a container",
  description: [
    "Shows the processes of a container as the ps of the host shows them. Words after the container are options of ps, " +
      "`-ef` when there are none; they must leave a column `PID` in its output. With `--format json` it prints the pids, as " +
      "the host sees them.",
  ],
  parameters: [containerParameter, { name: "PS-OPTION", optional: true, many: true }],
  stopEarly: true,
  flags: [formatFlag],
  examples: [
    { words: "ps web", what: "as ps -ef shows them" },
    { words: "ps web -o pid,rss,args", what: "other columns" },
  ],
  run: ({ context, flags, arguments: [id = "", ...args] }) => {
    const pids = containerPids(context, id);
    if (flags.string("format") !== "json") writeResult(processTable(context, pids, args));
    else writeResult(pids.length === 0 ? "null\n" : `${JSON.stringify(pids)}\n`);
    return 0;
  },
};
