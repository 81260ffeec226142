// SPDX-License-Identifier: Apache-2.0
import { features as describe } from "../../container/features.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";

export const features: CommandDescription = {
  name: "features",
  summary: "show what this runtime can do, as JSON",
  description: ["Prints the features object of the runtime-spec: what this build can do, whatever this host allows."],
  parameters: [],
  flags: [],
  run: () => {
    writeResult(`${JSON.stringify(describe(), null, 4)}\n`);
    return 0;
  },
};
