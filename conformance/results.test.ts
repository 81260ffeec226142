// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { fileRow, mergeResults, totals, type RuntimeResults } from "./results.ts";
import { assertions, judge } from "./verdict.ts";

const files = [
  { name: "a", passed: 3, failed: 0, excused: 0 },
  { name: "b", passed: 2, failed: 1, excused: 2 },
];
const runt: RuntimeResults = { runtime: "runt", version: "1", kernel: "6", files };

t.test("fileRow() counts what passed, failed and is excused", async (t) => {
  const tap = "ok 1 - x\nnot ok 2 - y\nnot ok 3 - z\nnot ok 4 - z\n";
  const result = { name: "b", status: 1, problem: "", stderr: "", assertions: assertions(tap) };
  const verdict = judge(result, [{ file: "b", assertion: "z", reason: "suite", proof: "p" }]);
  t.strictSame(fileRow(verdict), { name: "b", passed: 1, failed: 1, excused: 2 });
});

t.test("mergeResults() keeps other runtimes of the same suite, and no others", async (t) => {
  const runc = { ...runt, runtime: "runc" };
  const both = mergeResults(mergeResults(undefined, "s", runc), "s", runt);
  t.strictSame(both, { suite: "s", runtimes: [runt, runc] });
  t.strictSame(mergeResults(both, "s", { ...runt, version: "2" }).runtimes, [{ ...runt, version: "2" }, runc]);
  t.strictSame(mergeResults(both, "other", runt), { suite: "other", runtimes: [runt] });
});

t.test("totals() adds up, and tells files with excuses from those without", async (t) => {
  t.strictSame(totals([...files, { name: "c", passed: 0, failed: 0, excused: 1 }]), {
    passed: 5,
    failed: 1,
    excused: 3,
    clean: 2,
    spotless: 1,
  });
});
