// SPDX-License-Identifier: Apache-2.0
import { ownerName } from "../../container/owner.ts";
import { type ContainerList, listContainers } from "../../container/list.ts";
import { writeMessage, writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { describeFailure } from "../failure.ts";
import { formatFlag } from "../flags.ts";
import { table } from "../table.ts";

export const list: CommandDescription = {
  name: "list",
  summary: "list the containers of this --root",
  description: [
    "Lists the containers below the state directory. One whose state cannot be read is told on standard error, and the " +
      "others are listed all the same.",
  ],
  parameters: [],
  flags: [formatFlag, { name: "quiet", short: "q", type: "boolean", help: "ids alone" }],
  examples: [
    { words: "list", what: "a table" },
    { words: "list --format json", what: "one line for a program" },
  ],
  run: ({ context, rootIsDefault, flags }) => {
    const found = listContainers(context, { rootIsDefault });
    for (const { id, error } of found.problems)
      writeMessage(`load container ${id}: ${describeFailure(error, undefined).message}\n`);
    writeResult(flags.boolean("quiet") === true ? ids(found) : flags.string("format") === "json" ? json(found) : asTable(found));
    return 0;
  },
};

function ids({ containers }: ContainerList): string {
  return containers.map(({ id }) => `${id}\n`).join("");
}

function json({ containers }: ContainerList): string {
  if (containers.length === 0) return "null\n"; // what consumers know for an empty list
  return `${JSON.stringify(containers.map((container) => ({ ...container, owner: ownerName(container.owner) })))}\n`;
}

function asTable({ containers }: ContainerList): string {
  return table([
    ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
    ...containers.map(({ id, pid, status, bundle, created, owner }) => [
      id,
      String(pid),
      status,
      bundle,
      created,
      ownerName(owner),
    ]),
  ]);
}
