// SPDX-License-Identifier: Apache-2.0
import { runContainer } from "../../container/run.ts";
import { createOptions } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";
import { createFlags } from "../flags.ts";

export const run: CommandDescription = {
  name: "run",
  summary: "create and start a container, and wait for it",
  usage: "CONTAINER",
  minimum: 1,
  maximum: 1,
  flags: [
    ...createFlags,
    { name: "detach", short: "d", type: "boolean", help: "return when the process runs" },
    { name: "keep", type: "boolean", help: "keep the stopped container when the process has ended" },
  ],
  failurePrefix: "runt run failed",
  run: ({ context, flags, arguments: [id = ""] }) =>
    runContainer(context, id, {
      ...createOptions(flags),
      detach: flags.boolean("detach") ?? false,
      keep: flags.boolean("keep") ?? false,
      noSubreaper: flags.boolean("no-subreaper") ?? false,
    }),
};
