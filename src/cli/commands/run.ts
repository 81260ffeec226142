// SPDX-License-Identifier: Apache-2.0
import { runContainer } from "../../container/run.ts";
import { createOptions } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";
import { createFlags, detachFlag, newContainerParameter } from "../flags.ts";

export const run: CommandDescription = {
  name: "run",
  summary: "create and start a container, and wait for it",
  description: [
    "Creates a container, starts it, and waits for it. Signals are passed on to its process, and with a terminal in the " +
      "config the own terminal is connected to it. When the process ends, the container is deleted, unless `--keep` is given.",
    "With `--detach` the command returns as soon as the program runs.",
  ],
  parameters: [newContainerParameter],
  flags: [
    ...createFlags,
    detachFlag,
    { name: "keep", type: "boolean", help: "keep the stopped container when the process has ended" },
  ],
  examples: [
    { words: "run hello", what: "the bundle in the current directory" },
    { words: "run --detach --bundle /srv/web web", what: "in the background" },
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
