// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseGvariant } from "./gvariant.ts";

t.test("parseGvariant()", async (t) => {
  const table: [string, string, unknown][] = [
    ["true", "b", true],
    ["5", "i", 5n],
    ["-0x10", "i", -16n],
    ["1.5", "d", 1.5],
    ["uint64 123456789012", "t", 123456789012n],
    ["byte 0xff", "y", 255n],
    ["'inactive-or-failed'", "s", "inactive-or-failed"],
    ['"it\'s\\n\\u00e9"', "s", "it's\né"],
    ["['a', 'b']", "as", ["a", "b"]],
    ["@as []", "as", []],
    ["[uint32 1, 2]", "au", [1n, 2n]],
    ["('x', uint64 3)", "(st)", ["x", 3n]],
    ["@(su) ('x', 3)", "(su)", ["x", 3n]],
    ["(1,)", "(i)", [1n]],
    [
      "{'a': <5>, 'b': <'c'>}",
      "a{sv}",
      [
        ["a", { type: "i", value: 5n }],
        ["b", { type: "s", value: "c" }],
      ],
    ],
    ["@a{sv} {}", "a{sv}", []],
    ["[('/dev/sda', uint64 1000)]", "a(st)", [["/dev/sda", 1000n]]],
    ["  objectpath '/a'  ", "o", "/a"],
  ];
  for (const [text, type, value] of table) t.same(parseGvariant(text), { type, value }, text);
});

t.test("parseGvariant() says what is wrong, and where", async (t) => {
  const table: [string, RegExp][] = [
    ["", /a value expected at character 1/],
    ["[]", /a type \(write "@as \[\]"\) expected/],
    ["5 6", /the end expected at character 3/],
    ["'open", /the end of the string expected/],
    ["byte 256", /0 to 255 expected/],
    ["[1, 'a']", /a value of type "i" expected/],
    ["uint32 'a'", /a value of type "u" expected/],
    ["@z 5", /a type expected/],
    ["bogus", /a number expected/],
  ];
  for (const [text, message] of table) t.throws(() => parseGvariant(text), message, text);
});
