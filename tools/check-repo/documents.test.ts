// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { checkDocuments } from "./documents.ts";

const TREE = [
  { path: "src/plan/ids.ts", text: "" },
  { path: "docs/MAP.md", text: "" },
  { path: "test/a.test.ts", text: 't.test("CVE-2001-1: one", …); t.test("two things", …);' },
];

const cases: readonly { name: string; text: string; problems: readonly RegExp[] }[] = [
  {
    name: "files by their whole or their short name",
    text: "`src/plan/ids.ts`, `plan/ids.ts`, `ids.ts`, `src/plan/*.ts`",
    problems: [],
  },
  { name: "a file that is gone", text: "`plan/names.ts` and `plan/names.ts`", problems: [/`plan\/names\.ts`, which is no file/] },
  { name: "the end of another file's name", text: "`ds.ts`", problems: [/`ds\.ts`/] },
  { name: "files that are not the tree's", text: "`/etc/x.sh`, `config.json`, `make x.sh`", problems: [] },
  { name: "links", text: "[a](MAP.md) [b](../src/plan) [c](https://example.test/x.md) [d](MAP.md#part)", problems: [] },
  { name: "a link to nowhere", text: "[a](GONE.md)", problems: [/link to "GONE\.md"/] },
  { name: "a title", text: '`test/a.test.ts` ("two things")', problems: [] },
  { name: "a title that no test has", text: '`test/a.test.ts` ("three things")', problems: [/"three things"/] },
  { name: "a flaw and its test", text: "| CVE-2001-1, one | `test/a.test.ts` |", problems: [] },
  { name: "a flaw that the test does not name", text: "| CVE-2001-1, CVE-2001-2 | `test/a.test.ts` |", problems: [/CVE-2001-2/] },
  { name: "a flaw without a test", text: "| CVE-2001-1 | `plan/ids.ts` |", problems: [/CVE-2001-1/] },
  { name: "a flaw outside of a table", text: "as CVE-2001-3 has it", problems: [] },
];

for (const { name, text, problems } of cases) {
  t.test(`checkDocuments() on ${name}`, (t) => {
    const found = checkDocuments([...TREE, { path: "docs/NEW.md", text }]);
    t.equal(found.length, problems.length, found.join("; "));
    problems.forEach((problem, index) => t.match(found[index], problem));
    t.ok(found.every((line) => line.startsWith("docs/NEW.md: ")));
    t.end();
  });
}
