// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { ClauseDocument } from "./clauses.ts";
import { describeUnproven, unprovenClauses, type FileRun } from "./unproven.ts";

const tests = (...names: string[]): { file: string; name: string }[] => names.map((name) => ({ file: "a.test.ts", name }));
const clause = { level: "MUST", keywords: 1, text: "Something is so." } as const;
const table: ClauseDocument[] = [
  {
    document: "spec.md",
    sections: [
      {
        section: "S",
        anchor: "s",
        keywords: 3,
        clauses: [
          { ...clause, id: "a.one", tests: tests("first") },
          { ...clause, id: "a.both", tests: tests("first", "second") },
          { ...clause, id: "a.others", outside: "binds others" },
        ],
      },
    ],
  },
];

const run = (...names: FileRun["tests"]): FileRun => ({ path: "a.test.ts", tests: names });
const of = (...runs: FileRun[]): Record<string, readonly string[]> =>
  Object.fromEntries(unprovenClauses(table, runs).map(({ id, reasons }) => [id, reasons]));

t.test("unprovenClauses(): a clause is proven by one test that ran, in whatever lane", async (t) => {
  const first = { name: "first" };
  const second = { name: "second" };
  t.strictSame(of(run(first, second)), {});
  t.strictSame(of(run({ ...first, skipped: "no FUSE" }, second)), { "a.one": ["no FUSE"] });
  t.strictSame(of(run({ ...first, skipped: "no FUSE" }, { ...second, skipped: "no FUSE" })), {
    "a.one": ["no FUSE"],
    "a.both": ["no FUSE"],
  });
  t.strictSame(of(run({ ...first, skipped: "no FUSE" }), run(first)), {});
  t.strictSame(of({ path: "a.test.ts", tests: [], skipped: "no guest" }, run(second)), { "a.one": ["no guest"] });
  t.strictSame(of({ path: "b.test.ts", tests: [first, second] }), {
    "a.one": ["no lane of this run has its test"],
    "a.both": ["no lane of this run has its test"],
  });
});

t.test("describeUnproven() counts, and names what is not proven with the reasons", async (t) => {
  t.equal(describeUnproven(table, []), "clauses of the specification with a test that ran: 2 of 2");
  t.equal(
    describeUnproven(table, [{ id: "a.one", level: "MUST", reasons: ["no FUSE", "no guest"] }]),
    "clauses of the specification with a test that ran: 1 of 2\n     not proven here: a.one (MUST): no FUSE; no guest",
  );
});
