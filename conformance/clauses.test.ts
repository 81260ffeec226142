// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { readTable, testFinder } from "./clause-files.ts";
import { documentKeywords, keywordSections, parseDocument, tableProblems, type Clause, type ClauseDocument } from "./clauses.ts";

t.test("every clause of the specification has a test, or a reason why it binds no runtime", async (t) => {
  t.strictSame(tableProblems(readTable(), testFinder()), []);
});

const tests = [{ file: "a.test.ts", name: "a good title" }];
const clause: Clause = { id: "a.b", level: "MUST", keywords: 15, text: "Something is so.", tests };

/** A table that is whole, but for its first clause. */
function table(first: Readonly<Record<string, unknown>>): ClauseDocument[] {
  return Object.entries(documentKeywords).map(([document, keywords], index) => {
    const only = { ...clause, id: `document.n${index}`, keywords, ...(index === 0 ? first : {}) };
    return { document, sections: [{ section: "S", anchor: "s", keywords, clauses: [only] }] };
  });
}

t.test("tableProblems() finds what is wrong", async (t) => {
  const known = (documents: readonly ClauseDocument[]): string[] => tableProblems(documents, ({ file }) => file === "a.test.ts");
  t.strictSame(known(table({})), []);
  const { tests: _, ...bare } = clause;
  const lacking = table({}).map((document, index) =>
    index > 0 ? document : { ...document, sections: [{ section: "S", anchor: "s", keywords: 15, clauses: [bare] }] },
  );
  t.match(known(lacking), [/^a\.b: should have either/], "neither test nor reason");
  t.match(known(table({ outside: "it binds others" })), [/either/], "test and reason");
  t.match(known(table({ keywords: 14 })), [/^spec\.md, "S": covers 14 key words, should cover 15$/]);
  t.match(known(table({ id: "document.n1" })), [/^document\.n1: is there more than once/]);
  t.match(known(table({ tests: [{ file: "b.test.ts", name: "a good title" }] })), [/b\.test\.ts has no test "a good title"/]);
  t.match(known(table({}).slice(1)), [/^spec\.md: is there 0 times/], "a document that is missing");
  t.match(known([...table({}), ...table({ id: "c.d" }).slice(0, 1)]), [/^spec\.md: is there 2 times/]);
});

t.test("testFinder() knows the tests of a table that the library has", async (t) => {
  const file = "test/spec/namespaces.test.ts";
  const has = testFinder();
  t.ok(has({ file, name: "a new uts namespace" }));
  t.notOk(has({ file, name: "a new tls namespace" }));
  t.notOk(has({ file: "test/spec/nosuch.test.ts", name: "a new uts namespace" }));
});

t.test("parseDocument() takes what has the form of a document, and nothing else", async (t) => {
  const [good] = table({});
  t.strictSame(parseDocument("spec.json", JSON.stringify(good)), good);
  const slips: Readonly<Record<string, Record<string, unknown>>> = {
    id: { id: "nodots" },
    level: { level: "MAY" },
    tests: { tests: [] },
    keywords: { keywords: 0 },
    text: { text: "No full stop" },
    member: { reason: "a slip" },
  };
  for (const [what, wrong] of Object.entries(slips))
    t.throws(() => parseDocument("spec.json", JSON.stringify(table(wrong)[0])), /^spec\.json: \/sections\/0\/clauses\/0/, what);
  t.throws(() => parseDocument("x.json", JSON.stringify({ ...good, document: "config-windows.md" })), /document/);
});

t.test("keywordSections() counts what a document demands", async (t) => {
  const markdown =
    '# <a name="x" />One\n\nMUST and MUST NOT, SHOULD\nmust MUSTER\n\n## Two\n\n### Three\n| `a` | REQUIRED |\n### Example\nMUST\n';
  t.strictSame(keywordSections(markdown), [
    { section: "One", keywords: 3 },
    { section: "Three", keywords: 2 },
  ]);
});
