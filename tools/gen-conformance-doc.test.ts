// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import t from "tap";
import type { SuiteResults } from "../conformance/results.ts";
import { conformanceDocument, suiteTable } from "./gen-conformance-doc.ts";

t.test("docs/CONFORMANCE.md says what the clause table says", async (t) => {
  t.ok(readFileSync("docs/CONFORMANCE.md", "utf8") === conformanceDocument(), 'run "make docs"');
});

t.test("conformanceDocument() counts, links and escapes", async (t) => {
  const tests = [{ file: "test/a.test.ts", name: "a | b" }];
  const base = { level: "MUST", keywords: 2, text: "A <b>." } as const;
  const clauses = [
    { ...base, id: "a.b", tests },
    { ...base, id: "a.c", tests, deviation: "Not so." },
    { ...base, id: "a.e", tests, deviation: "Not so." },
    { ...base, id: "a.d", outside: "Of others." },
  ];
  const text = conformanceDocument([{ document: "spec.md", sections: [{ section: "S", anchor: "s", keywords: 8, clauses }] }]);
  t.match(text, /^\| \[spec\.md\]\(\S+\/spec\.md\) \| 8 \| 4 \| 1 \| 2 \| 1 \|$/m);
  t.match(text, /^### \[S\]\(\S+\/spec\.md#s\)$/m);
  const row = "| `a.b` | MUST | A \\<b>. | [a \\| b](../test/a.test.ts) |\n";
  t.ok(text.includes(row), row);
  t.match(text, /^- `a\.c`, `a\.e`: Not so\.$/m);
  t.match(text, /^\| `a\.c` .*\*\*Deviation\*\*: Not so\. \[a/m);
  t.match(text, /^\| `a\.d` .* \| Binds others: Of others\. \|$/m);
});

t.test("suiteTable() puts runtimes side by side, and leaves a gap where one has no such file", async (t) => {
  const row = (name: string, passed: number): object => ({ name, passed, failed: 1, excused: 0 });
  const results = (runtime: string, ...files: object[]): object => ({ runtime, version: "1", kernel: "6", files });
  const runtimes = [results("runt", row("a", 3), row("b", 4)), results("runc", row("b", 5))];
  const text = suiteTable({ suite: "s", runtimes } as unknown as SuiteResults);
  t.match(text, /^\| File \| runt: passed \| failed \| excused \| runc: passed \| failed \| excused \|$/m);
  t.match(text, /^\| a \| 3 \| 1 \| 0 \|  \|  \|  \|$/m);
  t.match(text, /^\| b \| 4 \| 1 \| 0 \| 5 \| 1 \| 0 \|$/m);
  t.match(text, /^\| \*\*All\*\* \| 7 \| 2 \| 0 \| 5 \| 1 \| 0 \|$/m);
});
