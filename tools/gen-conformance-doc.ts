// SPDX-License-Identifier: Apache-2.0
/** Writes docs/CONFORMANCE.md from the clause table and the results of the suite. usage: gen-conformance-doc.ts > docs/CONFORMANCE.md */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { readTable } from "../conformance/clause-files.ts";
import { allClauses, specVersion, type Clause, type ClauseDocument, type Section } from "../conformance/clauses.ts";
import { totals, type FileRow, type SuiteResults } from "../conformance/results.ts";
import type { Excuse, Reason } from "../conformance/verdict.ts";

const specification = `https://github.com/opencontainers/runtime-spec/blob/v${specVersion}`;

/** Text of a cell: a bar would end it, and an asterisk or angle bracket mean something to Markdown. */
function cell(text: string): string {
  return text.replace(/[|<*_]/g, (character) => `\\${character}`);
}

function summaryRow(name: string, clauses: readonly Clause[]): string {
  const number = (which: (clause: Clause) => boolean): number => clauses.filter(which).length;
  const numbers = [
    clauses.reduce((sum, { keywords }) => sum + keywords, 0),
    clauses.length,
    number(({ tests, deviation }) => tests !== undefined && deviation === undefined),
    number(({ deviation }) => deviation !== undefined),
    number(({ outside }) => outside !== undefined),
  ];
  return `| ${name} | ${numbers.join(" | ")} |\n`;
}

function summary(table: readonly ClauseDocument[]): string {
  const rows = table.map((document) =>
    summaryRow(`[${document.document}](${specification}/${document.document})`, allClauses([document])),
  );
  return `| Document | Key words | Clauses | Held, by tests | Deviations | Of others |
| --- | --- | --- | --- | --- | --- |
${rows.join("")}${summaryRow("**All**", allClauses(table))}`;
}

function proof({ tests = [], outside, deviation }: Clause): string {
  const links = tests.map(({ file, name }) => `[${cell(name)}](../${file})`).join("; ");
  if (outside !== undefined) return `Binds others: ${cell(outside)}`;
  return deviation === undefined ? links : `**Deviation**: ${cell(deviation)} ${links}`;
}

function sectionTable(document: string, { section, anchor, clauses }: Section): string {
  const rows = clauses.map((clause) => `| \`${clause.id}\` | ${clause.level} | ${cell(clause.text)} | ${proof(clause)} |\n`);
  return `### [${section}](${specification}/${document}#${anchor})

| Clause | Level | What it asks for | Proof |
| --- | --- | --- | --- |
${rows.join("")}`;
}

/** Each deviation once, with the clauses that it is of. */
function deviations(table: readonly ClauseDocument[]): string {
  const clauses = new Map<string, string[]>();
  for (const { id, deviation } of allClauses(table)) {
    if (deviation !== undefined) clauses.set(deviation, [...(clauses.get(deviation) ?? []), `\`${id}\``]);
  }
  return [...clauses].map(([deviation, ids]) => `- ${ids.join(", ")}: ${cell(deviation)}\n`).join("");
}

function suiteRow(name: string, rows: readonly (Omit<FileRow, "name"> | undefined)[]): string {
  const numbers = rows.flatMap((row) => (row === undefined ? ["", "", ""] : [row.passed, row.failed, row.excused].map(String)));
  return `| ${name} | ${numbers.join(" | ")} |\n`;
}

/** The results of the suite, a file a row and a runtime three columns. */
export function suiteTable({ runtimes }: SuiteResults): string {
  const names = [...new Set(runtimes.flatMap(({ files }) => files.map(({ name }) => name)))].sort();
  const heads = runtimes.flatMap(({ runtime }) => [`${runtime}: passed`, "failed", "excused"]);
  const rows = names.map((name) =>
    suiteRow(
      name,
      runtimes.map(({ files }) => files.find((file) => file.name === name)),
    ),
  );
  const sums = runtimes.map(({ files }) => totals(files));
  return `| File | ${heads.join(" | ")} |
| --- |${" --- |".repeat(heads.length)}
${rows.join("")}${suiteRow("**All**", sums)}`;
}

const reasons: Readonly<Record<Reason, string>> = {
  suite: "The suite is wrong",
  machine: "The machine lacks it",
  deviation: "runt differs on purpose",
};

function excuseRow({ file, assertion, error, reason, machine, proof }: Excuse): string {
  const what = cell(assertion ?? error ?? "");
  const where = machine === undefined ? "" : ` (${cell(machine)})`;
  return `| ${cell(file)} | ${what} | ${reasons[reason]}${where} | ${cell(proof)} |\n`;
}

function suiteSection(results: SuiteResults, excuses: readonly Excuse[]): string {
  const lines = results.runtimes.map(({ runtime, version, kernel, files }) => {
    const { passed, failed, excused, clean, spotless } = totals(files);
    return `- ${runtime} ${version} on Linux ${kernel}: ${passed} assertions pass, ${failed} fail, ${excused} fail and are excused; ${clean} of ${files.length} files have no failure but excused ones, ${spotless} have none at all.\n`;
  });
  return `## The suite of opencontainers/runtime-tools

Commit ${results.suite} of [the suite](https://github.com/opencontainers/runtime-tools), all files, the same binary of it for each
runtime. \`make conformance RUNTIME_TOOLS=DIR RUNTIME=PROGRAM RESULTS=conformance/results.json\` runs it and stores the numbers.

${lines.join("")}
${suiteTable(results)}
### What is excused

\`conformance/excuses.json\` is the list. An excuse for runt that nothing needs any more is a failure of \`make conformance\`.

| File | Assertion, or the error that ends the file | Why | Proof |
| --- | --- | --- | --- |
${excuses.map(excuseRow).join("")}`;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../conformance/${path}`, import.meta.url), "utf8")) as T;
}

/** The whole document. */
export function conformanceDocument(table: readonly ClauseDocument[] = readTable()): string {
  const documents = table.map(
    ({ document, sections }) => `## ${document}\n\n${sections.map((section) => sectionTable(document, section)).join("\n")}`,
  );
  return `# Conformance

What version ${specVersion} of the OCI runtime specification asks of a Linux runtime, clause by clause in our own words, and the tests
that show that runt does it. REQUIRED and SHALL are MUST here, RECOMMENDED is SHOULD. A clause "of others" binds another platform or
whoever writes a document, where there is nothing that a Linux runtime could do or check.

The table is \`conformance/clauses/*.json\`. A unit test (\`conformance/clauses.test.ts\`) fails when a clause has no test, when a test is not
there by its exact title, and when a section's key words are not all covered. \`make clauses SPEC=DIR\` compares the table with a
copy of the specification. Which tests can run depends on the machine: a run of all of them ends with the clauses of which no test
ran there, with the reasons (\`build/clauses.json\` has them, too). At the end are the results of the runtime-tools suite. This page is generated by \`tools/gen-conformance-doc.ts\`.

${summary(table)}
## Deviations

${deviations(table)}
${documents.join("\n")}
${suiteSection(readJson<SuiteResults>("results.json"), readJson<Excuse[]>("excuses.json"))}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.stdout.write(conformanceDocument());
