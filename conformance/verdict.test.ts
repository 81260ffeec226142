// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { assertions, judge } from "./verdict.ts";

const base = { name: "kill", status: 0, problem: "", stderr: "" };

t.test("assertions() reads results, descriptions and skips", async (t) => {
  const tap =
    "TAP version 13\nok 1 - first\nnot ok 2 - second\n  ---\n  {}\n  ...\n    ok 3 - nested\nok 4 - fourth # SKIP no kernel\n1..4\n";
  t.same(
    assertions(tap).map(({ ok, skipped, text }) => [ok, skipped, text]),
    [
      [true, false, "first"],
      [false, false, "second"],
      [true, false, "nested"],
      [true, true, "fourth # SKIP no kernel"],
    ],
  );
});

t.test("judge() excuses only what is listed, and reports a listed defect that is gone", async (t) => {
  const failing = { ...base, assertions: assertions("ok 1 - a\nnot ok 2 - wrong clause\nnot ok 3 - real\n") };
  const defects = [{ file: "kill", assertion: "wrong clause", proof: "p" }];
  t.same(judge(failing, defects), { name: "kill", passed: 1, failures: ["real"], excused: ["wrong clause"] });
  const passing = { ...base, assertions: assertions("ok 1 - wrong clause\n") };
  t.match(judge(passing, defects).failures, ["listed as a defect of the suite, and passes: wrong clause"]);
  t.same(judge(passing, [{ file: "kill", assertion: "wrong clause", proof: "p", machine: "no X" }]).failures, []);
});

t.test("judge() counts a file that says nothing as failed", async (t) => {
  t.match(judge({ ...base, status: 1, stderr: "boom\n", assertions: [] }, []).failures, [
    "ended with status 1 and no assertion: boom",
  ]);
});
