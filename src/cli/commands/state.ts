// SPDX-License-Identifier: Apache-2.0
import { containerState } from "../../container/state.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";

export const state: CommandDescription = {
  name: "state",
  summary: "show the state of a container as JSON",
  usage: "CONTAINER",
  minimum: 1,
  maximum: 1,
  flags: [],
  run: ({ context, arguments: [id = ""] }) => {
    // The owner of a single container is left empty, as engines know it.
    writeResult(JSON.stringify({ ...containerState(context, id), owner: "" }, null, 2));
    return 0;
  },
};
