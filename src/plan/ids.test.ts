// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseId, parseUser } from "./ids.ts";

t.test("parseId() takes decimal numbers and nothing else", async (t) => {
  for (const [text, id] of [
    ["0", 0],
    ["1000", 1000],
    ["4294967294", 4294967294],
    ["4294967295", undefined],
    ["99999999999", undefined],
    ["", undefined],
    ["-1", undefined],
    ["+1", undefined],
    ["0x1", undefined],
    ["1e3", undefined],
    ["1.0", undefined],
    [" 1", undefined],
    ["root", undefined],
  ] as const) {
    t.equal(parseId(text), id, JSON.stringify(text));
  }
});

t.test("parseUser() never falls back to root", async (t) => {
  t.same(parseUser("1"), { uid: 1, gid: undefined });
  t.same(parseUser("1:2"), { uid: 1, gid: 2 });
  for (const text of ["", ":", "1:", ":1", "1:2:3", "a", "1:a", "a:1", "1 ", "1:-1"]) t.equal(parseUser(text), undefined, text);
});
