// SPDX-License-Identifier: Apache-2.0
import { features as describe } from "../../container/features.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";

export const features: CommandDescription = {
  name: "features",
  summary: "show what this runtime can do, as JSON",
  usage: "",
  minimum: 0,
  maximum: 0,
  flags: [],
  run: () => {
    writeResult(`${JSON.stringify(describe(), null, 4)}\n`);
    return 0;
  },
};
