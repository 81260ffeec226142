// SPDX-License-Identifier: Apache-2.0
import { watchEvents } from "../../container/events.ts";
import { writeResult } from "../../log/output.ts";
import { stringifyJson } from "../../spec/json.ts";
import type { CommandDescription } from "../describe.ts";
import { parseDuration } from "../duration.ts";
import { containerParameter } from "../flags.ts";
import { UsageError } from "../parse.ts";

export const events: CommandDescription = {
  name: "events",
  summary: "show statistics, OOM kills and every new status",
  description: [
    "Prints one JSON object a line: what is used, at intervals (`stats`), kills for want of memory (`oom`), and each new " +
      "status (`lifecycle`): `running`, `paused`, `stopped`. Ends with the last process of the containers.",
    "What `exec` starts changes no status, and is not told: whoever called it knows, and the statistics count it.",
  ],
  parameters: [{ ...containerParameter, many: true }],
  flags: [
    { name: "interval", type: "string", value: "DURATION", default: "5s", help: "time between two statistics" },
    { name: "stats", type: "boolean", help: "one statistic of each container, and no more" },
  ],
  examples: [
    { words: "events --stats web", what: "what it uses now" },
    { words: "events --interval 500ms web db", what: "twice a second, both" },
  ],
  run: ({ context, flags, arguments: ids }) => {
    const text = flags.string("interval") ?? "";
    const interval = parseDuration(text);
    if (interval === undefined) {
      throw new UsageError(
        `invalid value ${JSON.stringify(text)} for --interval: it is a duration above 0, such as "5s" or "500ms"`,
      );
    }
    watchEvents(context, ids, { interval, once: flags.boolean("stats") ?? false }, (event) => {
      writeResult(`${stringifyJson(event)}\n`);
    });
    return 0;
  },
};
