// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Variant } from "./dbus/signature.ts";
import { parseGvariant } from "./gvariant.ts";

t.test("parseGvariant()", async (t) => {
  const table: [string, Variant][] = [
    ["true", { signature: "b", value: true }],
    [" 5 ", { signature: "i", value: 5 }],
    ["-5", { signature: "i", value: -5 }],
    ["0x10", { signature: "i", value: 16 }],
    ["1.5", { signature: "d", value: 1.5 }],
    ["uint64 18446744073709551615", { signature: "t", value: 18446744073709551615n }],
    ["@t 5", { signature: "t", value: 5n }],
    ["'inactive-or-failed'", { signature: "s", value: "inactive-or-failed" }],
    [String.raw`"a\"b\n\u20ac\\"`, { signature: "s", value: 'a"b\n€\\' }],
    ["objectpath '/a'", { signature: "o", value: "/a" }],
    ["@as []", { signature: "as", value: [] }],
    ["['a', 'b',]", { signature: "as", value: ["a", "b"] }],
    ["[uint32 1, 2]", { signature: "au", value: [1, 2] }],
    ["[('/dev/null', 'rw')]", { signature: "a(ss)", value: [["/dev/null", "rw"]] }],
    ["(1, <'x'>)", { signature: "(iv)", value: [1, { signature: "s", value: "x" }] }],
    ["{'k': 1}", { signature: "a{si}", value: [["k", 1]] }],
    ["@a(st) [('/dev/sda', 5)]", { signature: "a(st)", value: [["/dev/sda", 5n]] }],
  ];
  for (const [text, expected] of table) t.same(parseGvariant(text), expected, text);
});

t.test("parseGvariant() throws for what is no value", async (t) => {
  for (const text of [
    "",
    "soon",
    "[",
    "[]",
    "[1, 'a']",
    "'a",
    "(1",
    "byte 256",
    "uint32 -1",
    "uint32 1.5",
    "1 2",
    "@zz 1",
    "@uu 1",
    "{}",
  ])
    t.throws(() => parseGvariant(text), /gvariant|signature/, text);
});
