// SPDX-License-Identifier: Apache-2.0
import { watchEvents } from "../../container/events.ts";
import { writeResult } from "../../log/output.ts";
import { stringifyJson } from "../../spec/json.ts";
import type { CommandDescription } from "../describe.ts";
import { parseDuration } from "../duration.ts";
import { UsageError } from "../parse.ts";

export const events: CommandDescription = {
  name: "events",
  summary: "show statistics, OOM kills and the end of containers",
  usage: "CONTAINER...",
  minimum: 1,
  maximum: Number.POSITIVE_INFINITY,
  flags: [
    { name: "interval", type: "string", value: "DURATION", help: "time between two statistics (5s)" },
    { name: "stats", type: "boolean", help: "one statistic of each container, and no more" },
  ],
  run: ({ context, flags, arguments: ids }) => {
    const text = flags.string("interval") ?? "5s";
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
