// SPDX-License-Identifier: Apache-2.0
import { addContainerMounts, removeContainerMounts } from "../../container/hot-mounts.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";
import { UsageError } from "../parse.ts";

const actions = { add: addContainerMounts, remove: removeContainerMounts } as const;

export const mounts: CommandDescription = {
  name: "mounts",
  summary: "mount into a container that is there, or unmount",
  description: [
    "Makes mounts in a container that runs, or takes them away again. FILE is JSON, `-` for standard input: an object with a list " +
      "`mounts`, each as in config.json. Several are made all or none. To remove one, its destination is enough; it must not " +
      "lead through symbolic links.",
  ],
  parameters: [{ name: "ACTION", completes: ["add", "remove"] }, containerParameter, { name: "FILE" }],
  flags: [],
  examples: [{ words: "mounts add web data.json", what: "mount what data.json lists" }],
  run: ({ context, arguments: [action = "", id = "", file = ""] }) => {
    if (action !== "add" && action !== "remove") {
      throw new UsageError(
        `no action ${JSON.stringify(action)}: it is "add" or "remove"`,
        'FILE has {"mounts": [...]} as config.json has them',
      );
    }
    actions[action](context, id, file);
    return 0;
  },
};
