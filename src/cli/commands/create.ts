// SPDX-License-Identifier: Apache-2.0
import { createContainer } from "../../container/create.ts";
import { createOptions } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";
import { createFlags } from "../flags.ts";

export const create: CommandDescription = {
  name: "create",
  summary: "create a container; its process waits for start",
  usage: "CONTAINER",
  minimum: 1,
  maximum: 1,
  flags: createFlags,
  failurePrefix: "runt create failed",
  run: ({ context, flags, arguments: [id = ""] }) => {
    createContainer(context, id, createOptions(flags));
    return 0;
  },
};
