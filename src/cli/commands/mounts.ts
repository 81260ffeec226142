// SPDX-License-Identifier: Apache-2.0
import { addContainerMounts, removeContainerMounts } from "../../container/hot-mounts.ts";
import type { CommandDescription } from "../describe.ts";
import { UsageError } from "../parse.ts";

const actions = { add: addContainerMounts, remove: removeContainerMounts } as const;

export const mounts: CommandDescription = {
  name: "mounts",
  summary: "mount into a container that is there, or unmount",
  usage: "add|remove CONTAINER FILE",
  minimum: 3,
  maximum: 3,
  flags: [],
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
