// SPDX-License-Identifier: Apache-2.0
import { killContainer, parseSignal } from "../../container/kill.ts";
import type { CommandDescription } from "../describe.ts";
import { matchingIds, regexFlag } from "./matching.ts";

export const kill: CommandDescription = {
  name: "kill",
  summary: "send a signal to the process of a container (TERM)",
  usage: "CONTAINER [SIGNAL]",
  minimum: 1,
  maximum: 2,
  flags: [{ name: "all", short: "a", type: "boolean", help: "to all processes of the container" }, regexFlag],
  run: ({ context, flags, arguments: [id = "", signal = "TERM"] }) => {
    const number = parseSignal(signal);
    const options = { all: flags.boolean("all") ?? false };
    const ids = flags.boolean("regex") === true ? matchingIds(context, id) : [id];
    for (const each of ids) killContainer(context, each, number, options);
    return 0;
  },
};
