// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { formatTimestamp } from "./timestamp.ts";

t.test("formatTimestamp() keeps nanoseconds and drops trailing zeros", (t) => {
  t.equal(formatTimestamp(0n), "1970-01-01T00:00:00Z");
  t.equal(formatTimestamp(1_700_000_000_123_456_789n), "2023-11-14T22:13:20.123456789Z");
  t.equal(formatTimestamp(1_700_000_000_120_000_000n), "2023-11-14T22:13:20.12Z");
  t.end();
});
