// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { engineTable, readReport } from "./engines.ts";

t.test("engineTable() sums up the files of an engine, and lists what was timed", (t) => {
  const cases = (runt: boolean, runc: boolean) => [{ name: "a case", passed: { runt, runc } }];
  const table = engineTable([
    { engine: "Docker 1", cases: cases(true, true), times: [] },
    { engine: "Podman 2", cases: cases(true, false), times: [] },
    { engine: "Docker 1", cases: cases(false, true), times: [{ what: "run", milliseconds: { runt: 1.4, runc: 2.6 } }] },
  ]);
  t.equal(
    table,
    [
      "| engine | cases | passed with runt | passed with runc |",
      "| --- | ---: | ---: | ---: |",
      "| Docker 1 | 2 | 1 | 2 |",
      "| Podman 2 | 1 | 1 | 0 |",
      "",
      "Docker 1: run: runt 1 ms, runc 3 ms",
    ].join("\n"),
  );
  t.end();
});

t.test("readReport() takes a missing file for no report", (t) => {
  t.strictSame(readReport("/nonexistent/report.json"), []);
  t.end();
});
