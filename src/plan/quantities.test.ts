// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseBytes, parseInteger } from "./quantities.ts";

t.test("parseInteger()", async (t) => {
  for (const [text, value] of [
    ["0", 0],
    ["-1", -1],
    ["9007199254740993", 9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", undefined],
    ["", undefined],
    ["1.5", undefined],
    ["1k", undefined],
    ["+1", undefined],
  ] as const) {
    t.equal(parseInteger(text), value, JSON.stringify(text));
  }
});

t.test("parseBytes()", async (t) => {
  for (const [text, value] of [
    ["-1", -1],
    ["0", 0],
    ["1024", 1024],
    ["1k", 1024],
    ["64M", 67108864],
    ["1.5g", 1610612736],
    ["2 GiB", 2147483648],
    ["3mb", 3145728],
    ["1t", 1099511627776],
    ["9007199254740993", 9007199254740993n],
    ["9999999999999p", undefined],
    ["-2", undefined],
    ["m", undefined],
    ["1x", undefined],
    ["", undefined],
  ] as const) {
    t.equal(parseBytes(text), value, JSON.stringify(text));
  }
});
