// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { ChildResult } from "./child.ts";
import { describeOutcome, outcomeOf, skippedOutcome, summarize } from "./outcome.ts";

const good: ChildResult = { stdout: "ok 1 - a\n1..1\n", stderr: "", code: 0, signal: undefined, timedOut: false, seconds: 1 };

const cases: readonly { name: string; child: Partial<ChildResult>; failure: RegExp | undefined }[] = [
  { name: "all well", child: {}, failure: undefined },
  { name: "hangs", child: { timedOut: true, signal: "SIGKILL", code: undefined }, failure: /no end after 9 s/ },
  {
    name: "dies by a signal",
    child: { stdout: "ok 1 - a\n", code: undefined, signal: "SIGSEGV" },
    failure: /ended early.*SIGSEGV/,
  },
  { name: "exits badly after its plan", child: { code: 3 }, failure: /exit code 3/ },
  { name: "says nothing", child: { stdout: "" }, failure: /ended early/ },
  { name: "asserts nothing", child: { stdout: "TAP version 14\n1..0\n" }, failure: /asserts nothing/ },
];

for (const { name, child, failure } of cases) {
  t.test(`outcomeOf() a file that ${name}`, (t) => {
    const outcome = outcomeOf("unit", "x.test.ts", { ...good, ...child }, 9);
    if (failure) t.match(outcome.failures[0]?.name, failure);
    else t.strictSame(outcome.failures, []);
    t.end();
  });
}

t.test("describeOutcome() shows the last lines of a file that hung", (t) => {
  const outcome = outcomeOf("host", "x.test.ts", { ...good, stdout: "ok 1 - a\nwaiting for b\n", timedOut: true }, 9);
  t.match(describeOutcome(outcome), /FAIL host x\.test\.ts: 1 passed, 1 failed[^]*\| waiting for b/);
  t.end();
});

t.test("summarize() adds up", (t) => {
  const outcomes = [
    outcomeOf("unit", "a", good, 9),
    outcomeOf("unit", "b", { ...good, code: 1 }, 9),
    skippedOutcome("v2", "c", "no v2"),
  ];
  t.equal(summarize(outcomes), "2 passed, 1 failed, 1 skipped");
  t.end();
});
