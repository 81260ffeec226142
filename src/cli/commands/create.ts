// SPDX-License-Identifier: Apache-2.0
import { createContainer } from "../../container/create.ts";
import { createOptions } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";
import { createFlags, newContainerParameter } from "../flags.ts";

export const create: CommandDescription = {
  name: "create",
  summary: "create a container; its process waits for start",
  description: [
    "Makes a container of the bundle: namespaces, cgroup, mounts, devices, limits. Its process is there and waits for `runt " +
      "start`; the program of the config does not run yet. The command returns when all of that is done, and when it fails " +
      "nothing is left.",
    "Standard input, output and error go to the process as they are. A config that asks for a terminal needs " +
      "`--console-socket`: the socket gets one message with the descriptor of the master.",
  ],
  parameters: [newContainerParameter],
  flags: createFlags,
  examples: [
    { words: "create --bundle /srv/web web", what: "from /srv/web/config.json" },
    { words: "create --pid-file web.pid web", what: "as an engine does it" },
  ],
  failurePrefix: "runt create failed",
  run: ({ context, flags, arguments: [id = ""] }) => {
    createContainer(context, id, createOptions(flags));
    return 0;
  },
};
