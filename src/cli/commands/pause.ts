// SPDX-License-Identifier: Apache-2.0
import { pauseContainer, resumeContainer } from "../../container/pause.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";

const common = { parameters: [containerParameter], flags: [] } as const;

export const pause: CommandDescription = {
  ...common,
  name: "pause",
  summary: "freeze all processes of a container",
  description: ["Freezes all processes of a container through its cgroup, until `runt resume`."],
  run: ({ context, arguments: [id = ""] }) => {
    pauseContainer(context, id);
    return 0;
  },
};

export const resume: CommandDescription = {
  ...common,
  name: "resume",
  summary: "let a paused container go on",
  run: ({ context, arguments: [id = ""] }) => {
    resumeContainer(context, id);
    return 0;
  },
};
