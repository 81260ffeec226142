// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { CommandDescription, ParameterDescription } from "./describe.ts";
import { countProblem, usageLine } from "./usage.ts";

function command(...parameters: ParameterDescription[]): CommandDescription {
  return { name: "x", summary: "", parameters, flags: [], run: () => 0 };
}
const one = { name: "A" };
const optional = { name: "B", optional: true };
const many = { name: "C", optional: true, many: true };

t.test("usageLine() shows what may be left out and what repeats", async (t) => {
  t.equal(usageLine(command()), "runt x");
  t.equal(usageLine(command(one, optional, many)), "runt x A [B] [C...]");
  t.equal(usageLine(command({ ...one, many: true })), "runt x A...");
  t.equal(usageLine({ ...command(one), flags: [{ name: "f", type: "boolean", help: "" }] }), "runt x [command options] A");
});

t.test("countProblem() counts arguments", async (t) => {
  const cases: [CommandDescription, number, string | undefined][] = [
    [command(), 0, undefined],
    [command(), 1, '"x" requires exactly 0 argument(s), and got 1'],
    [command(one), 0, '"x" requires exactly 1 argument(s), and got none'],
    [command(one), 1, undefined],
    [command(one), 2, '"x" requires exactly 1 argument(s), and got 2'],
    [command(one, optional), 0, '"x" requires a minimum of 1 argument(s), and got none'],
    [command(one, optional), 2, undefined],
    [command(one, optional), 3, '"x" requires a maximum of 2 argument(s), and got 3'],
    [command(one, many), 0, '"x" requires a minimum of 1 argument(s), and got none'],
    [command(one, many), 99, undefined],
  ];
  for (const [described, count, expected] of cases)
    t.equal(countProblem(described, count), expected, `${usageLine(described)}: ${count}`);
});
