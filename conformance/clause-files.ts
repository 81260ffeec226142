// SPDX-License-Identifier: Apache-2.0
/**
 * The files of the clause table, and the check of them against a copy of the specification.
 *
 * usage: node --import tsx conformance/clause-files.ts SPEC_DIRECTORY
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { documentKeywords, keywordSections, parseDocument, type ClauseDocument, type TestName } from "./clauses.ts";
import { hasTest, testTitles, type TestTitles } from "./test-titles.ts";

const directory = fileURLToPath(new URL("clauses", import.meta.url));
const repository = fileURLToPath(new URL("..", import.meta.url));

/** Reads the table, its documents in the order of the specification. */
export function readTable(): ClauseDocument[] {
  const order = Object.keys(documentKeywords);
  return readdirSync(directory)
    .map((name) => parseDocument(name, readFileSync(join(directory, name), "utf8")))
    .sort((a, b) => order.indexOf(a.document) - order.indexOf(b.document));
}

/** Returns a function that says whether the repository has a test of a name. Each file is read once. */
export function testFinder(): (test: TestName) => boolean {
  const known = new Map<string, TestTitles | undefined>();
  return ({ file, name }) => {
    if (!known.has(file)) {
      known.set(file, titlesOf(join(repository, file)));
    }
    const titles = known.get(file);
    return titles !== undefined && hasTest(titles, name);
  };
}

/** The titles of a test file; its tables may stand in the library of the tests that it imports. */
function titlesOf(path: string): TestTitles | undefined {
  if (!existsSync(path)) return undefined;
  const source = readFileSync(path, "utf8");
  const titles = testTitles(source);
  const imported = [...source.matchAll(/ from "(\.\.\/lib\/[^"]+)"/g)].flatMap(([, name = ""]) => [
    ...testTitles(readFileSync(join(dirname(path), name), "utf8")).rows,
  ]);
  return { ...titles, rows: [...titles.rows, ...imported] };
}

/** What the sections of the table and those of the specification do not have in common. */
function differences(spec: string): string[] {
  return readTable().flatMap(({ document, sections }) => {
    const key = ({ section, keywords }: { section: string; keywords: number }): string => `${keywords} in "${section}"`;
    const theirs = keywordSections(readFileSync(join(spec, document), "utf8")).map(key);
    const ours = sections.map(key);
    return [
      ...theirs.filter((one) => !ours.includes(one)).map((one) => `${document}: the table lacks ${one}`),
      ...ours.filter((one) => !theirs.includes(one)).map((one) => `${document}: the specification lacks ${one}`),
    ];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const found = differences(process.argv[2] ?? ".");
  for (const difference of found) console.log(difference);
  process.exitCode = found.length > 0 ? 1 : 0;
}
