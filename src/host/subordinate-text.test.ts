// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { isCovered, rangesOf } from "./subordinate-text.ts";

t.test("rangesOf() takes the lines of a name and of a number", async (t) => {
  const text = "root:1:2\nann:100000:65536\n# ann:1:1\n1000:300000:10\nann:bad:5\nann:5:0\n\n";
  t.same(rangesOf(text, ["ann", "1000"]), [
    { inside: 100000, outside: 100000, count: 65536 },
    { inside: 300000, outside: 300000, count: 10 },
  ]);
  t.same(rangesOf("", ["ann"]), []);
});

t.test("isCovered() puts neighbouring ranges together", async (t) => {
  const rows = [
    { inside: 20, outside: 0, count: 10 },
    { inside: 10, outside: 0, count: 10 },
  ];
  t.ok(isCovered(rows, 10, 20));
  t.ok(isCovered(rows, 29, 1));
  t.notOk(isCovered(rows, 10, 21));
  t.notOk(isCovered(rows, 9, 2));
  t.notOk(isCovered([], 0, 1));
});
