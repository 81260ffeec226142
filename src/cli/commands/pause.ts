// SPDX-License-Identifier: Apache-2.0
import { pauseContainer, resumeContainer } from "../../container/pause.ts";
import type { CommandDescription } from "../describe.ts";

const common = { usage: "CONTAINER", minimum: 1, maximum: 1, flags: [] } as const;

export const pause: CommandDescription = {
  ...common,
  name: "pause",
  summary: "freeze all processes of a container",
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
