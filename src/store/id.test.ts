// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { idProblem } from "./id.ts";

t.test("idProblem() accepts what runc accepts", async (t) => {
  for (const id of ["a", "web-1", "A.b_c+d", "...", ".hidden", "0", "x".repeat(248)])
    t.equal(idProblem(id), undefined, id.slice(0, 20));
});

t.test("idProblem() refuses what could leave the state directory, and says why", async (t) => {
  const cases: [string, RegExp][] = [
    ["", /container id cannot be empty/],
    [".", /invalid container ID format: "\." names a directory/],
    ["..", /invalid container ID format/],
    ["a/b", /"\/" in "a\/b" is not a letter/],
    ["../x", /invalid container ID format/],
    ["a b", /" " in "a b"/],
    ["a\0", /invalid container ID format/],
    ["ä", /invalid container ID format/],
    ["x".repeat(249), /249 characters are more than 248/],
  ];
  for (const [id, expected] of cases) t.match(idProblem(id), expected, JSON.stringify(id).slice(0, 20));
});
