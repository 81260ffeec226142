// SPDX-License-Identifier: Apache-2.0
import { deleteContainer } from "../../container/delete.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";
import { forNamed, regexFlag } from "./matching.ts";

export const deleteCommand: CommandDescription = {
  name: "delete",
  summary: "remove a stopped container and all that was made for it",
  description: [
    "Removes a stopped container: what is left of its processes, its cgroup and its state; and runs the poststop hooks. One " +
      "that was created and never started is killed first. The bundle is left as it is.",
    "With `--force` it does the same in any status, also after a crash of the runtime at any moment, and a missing " +
      "container is no error.",
  ],
  parameters: [containerParameter],
  flags: [{ name: "force", short: "f", type: "boolean", help: "kill it first if it runs; a missing one is no error" }, regexFlag],
  examples: [
    { words: "delete web", what: "after its process has ended" },
    { words: "delete --force web", what: "whatever state it is in" },
    { words: "delete --force --regex '^test-'", what: "all whose id begins with test-" },
  ],
  run: ({ context, flags, arguments: [id = ""] }) => {
    const options = { force: flags.boolean("force") ?? false };
    forNamed(context, flags, id, (each) => {
      deleteContainer(context, each, options);
    });
    return 0;
  },
};
