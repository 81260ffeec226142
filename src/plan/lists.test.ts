// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { listProblem } from "./lists.ts";

t.test("listProblem()", async (t) => {
  for (const good of ["0", "0-3,7", "0-31:2/4", " 1 , 2-3 "]) t.equal(listProblem(good), undefined, good);
  t.equal(listProblem("0-"), 'must be a list like "0-3,7"');
  t.equal(listProblem("a"), 'must be a list like "0-3,7"');
  t.equal(listProblem("1,,2"), 'must be a list like "0-3,7", and has ""');
  t.equal(listProblem("3-1"), "has the range 3-1, whose end is before its start");
});
