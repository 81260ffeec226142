// SPDX-License-Identifier: Apache-2.0
import { containerPids, processTable } from "../../container/ps.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { UsageError } from "../parse.ts";

export const ps: CommandDescription = {
  name: "ps",
  summary: "list the processes of a container",
  usage: "CONTAINER [PS OPTION...]",
  minimum: 1,
  maximum: Number.POSITIVE_INFINITY,
  stopEarly: true,
  flags: [{ name: "format", short: "f", type: "string", value: "FORMAT", help: '"table" (default) or "json"' }],
  run: ({ context, flags, arguments: [id = "", ...args] }) => {
    const format = flags.string("format") ?? "table";
    if (format !== "table" && format !== "json") {
      throw new UsageError(`invalid format option: ${JSON.stringify(format)} is neither "table" nor "json"`);
    }
    const pids = containerPids(context, id);
    if (format === "table") writeResult(processTable(context, pids, args));
    else writeResult(pids.length === 0 ? "null\n" : `${JSON.stringify(pids)}\n`);
    return 0;
  },
};
