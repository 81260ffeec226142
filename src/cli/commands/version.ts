// SPDX-License-Identifier: Apache-2.0
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { versionText } from "../version.ts";

export const version: CommandDescription = {
  name: "version",
  summary: "show the version",
  parameters: [],
  flags: [],
  run: () => {
    writeResult(versionText());
    return 0;
  },
};
