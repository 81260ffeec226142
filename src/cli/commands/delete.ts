// SPDX-License-Identifier: Apache-2.0
import { deleteContainer } from "../../container/delete.ts";
import type { CommandDescription } from "../describe.ts";
import { matchingIds, regexFlag } from "./matching.ts";

export const deleteCommand: CommandDescription = {
  name: "delete",
  summary: "remove a stopped container and all that was made for it",
  usage: "CONTAINER",
  minimum: 1,
  maximum: 1,
  flags: [{ name: "force", short: "f", type: "boolean", help: "kill it first if it runs; a missing one is no error" }, regexFlag],
  run: ({ context, flags, arguments: [id = ""] }) => {
    const options = { force: flags.boolean("force") ?? false };
    const ids = flags.boolean("regex") === true ? matchingIds(context, id) : [id];
    for (const each of ids) deleteContainer(context, each, options);
    return 0;
  },
};
