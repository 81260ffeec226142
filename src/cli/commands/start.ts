// SPDX-License-Identifier: Apache-2.0
import { startContainer } from "../../container/start.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";

export const start: CommandDescription = {
  name: "start",
  summary: "let a created container run its process",
  description: ["Lets the process of a created container become its program, and runs the poststart hooks."],
  parameters: [containerParameter],
  flags: [],
  failurePrefix: "runt start failed",
  run: ({ context, arguments: [id = ""] }) => {
    startContainer(context, id);
    return 0;
  },
};
