// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { timeOffsetsText } from "./time-offsets-text.ts";

t.test("timeOffsetsText() writes a line a clock", (t) => {
  t.equal(timeOffsetsText({ boottime: { secs: 100, nanosecs: 5 }, monotonic: { secs: -7 } }), "monotonic -7 0\nboottime 100 5\n");
  t.equal(timeOffsetsText({}), "");
  t.throws(() => timeOffsetsText({ realtime: { secs: 1 } }), /cannot be offset/);
  t.end();
});
