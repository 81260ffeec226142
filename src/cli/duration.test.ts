// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseDuration } from "./duration.ts";

t.test("parseDuration() reads Go's durations", async (t) => {
  const cases: [string, number | undefined][] = [
    ["5s", 5000],
    ["100ms", 100],
    ["1m30s", 90_000],
    ["1.5s", 1500],
    ["2h", 7_200_000],
    ["3", 3000],
    ["0s", undefined],
    ["", undefined],
    ["-1s", undefined],
    ["5 s", undefined],
    ["s", undefined],
    ["5d", undefined],
  ];
  for (const [text, expected] of cases) t.equal(parseDuration(text), expected, JSON.stringify(text));
});
