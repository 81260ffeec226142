// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { numberListMask } from "./number-list.ts";

function numbers(mask: Uint8Array): number[] {
  return [...Array(mask.length * 8).keys()].filter((bit) => ((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}

t.test("numberListMask() takes numbers and ranges", (t) => {
  t.same(numbers(numberListMask("0-3,7")), [0, 1, 2, 3, 7]);
  t.same(numbers(numberListMask(" 5 , 1-1,")), [1, 5]);
  t.same(numbers(numberListMask("2000")), [2000], "more than 1024 CPUs");
  t.equal(numberListMask("63").length, 8);
  t.equal(numberListMask("64").length, 16);
  t.equal(numberListMask("").length, 0);
  t.end();
});

t.test("numberListMask() refuses what is no list", (t) => {
  for (const text of ["a", "1-", "-1", "3-1", "1 2", "0x1", "99999999", "1-2-3"])
    t.throws(() => numberListMask(text), { message: /list/ }, text);
  t.end();
});
