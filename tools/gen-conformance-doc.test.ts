// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import t from "tap";
import { conformanceDocument } from "./gen-conformance-doc.ts";

t.test("docs/CONFORMANCE.md says what the clause table says", async (t) => {
  t.ok(readFileSync("docs/CONFORMANCE.md", "utf8") === conformanceDocument(), 'run "make docs"');
});

t.test("conformanceDocument() counts, links and escapes", async (t) => {
  const tests = [{ file: "test/a.test.ts", name: "a | b" }];
  const base = { level: "MUST", keywords: 2, text: "A <b>." } as const;
  const clauses = [
    { ...base, id: "a.b", tests },
    { ...base, id: "a.c", tests, deviation: "Not so." },
    { ...base, id: "a.d", outside: "Of others." },
  ];
  const text = conformanceDocument([{ document: "spec.md", sections: [{ section: "S", anchor: "s", keywords: 6, clauses }] }]);
  t.match(text, /^\| \[spec\.md\]\(\S+\/spec\.md\) \| 6 \| 3 \| 1 \| 1 \| 1 \|$/m);
  t.match(text, /^### \[S\]\(\S+\/spec\.md#s\)$/m);
  const row = "| `a.b` | MUST | A \\<b>. | [a \\| b](../test/a.test.ts) |\n";
  t.ok(text.includes(row), row);
  t.match(text, /^\| `a\.c` .*\*\*Deviation\*\*: Not so\. \[a/m);
  t.match(text, /^\| `a\.d` .* \| Binds others: Of others\. \|$/m);
});
