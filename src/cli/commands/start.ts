// SPDX-License-Identifier: Apache-2.0
import { startContainer } from "../../container/start.ts";
import type { CommandDescription } from "../describe.ts";

export const start: CommandDescription = {
  name: "start",
  summary: "let a created container run its process",
  usage: "CONTAINER",
  minimum: 1,
  maximum: 1,
  flags: [],
  failurePrefix: "runt start failed",
  run: ({ context, arguments: [id = ""] }) => {
    startContainer(context, id);
    return 0;
  },
};
