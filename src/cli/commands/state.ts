// SPDX-License-Identifier: Apache-2.0
import { containerState } from "../../container/state.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";

export const state: CommandDescription = {
  name: "state",
  summary: "show the state of a container as JSON",
  description: [
    "Prints the state object of the runtime-spec: id, status (`creating`, `created`, `running`, `paused`, `stopped`), pid, " +
      "bundle and annotations. The kernel is asked each time; the pid is 0 when the container is stopped.",
  ],
  parameters: [containerParameter],
  flags: [],
  run: ({ context, arguments: [id = ""] }) => {
    // The owner of a single container is left empty, as engines know it.
    writeResult(JSON.stringify({ ...containerState(context, id), owner: "" }, null, 2));
    return 0;
  },
};
