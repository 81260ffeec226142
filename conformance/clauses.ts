// SPDX-License-Identifier: Apache-2.0
/**
 * The clause table: what runtime-spec demands of a Linux runtime, clause by clause, and the tests that prove it. One JSON file in
 * `clauses/` for each document of the specification. Pure.
 */
import { Ajv } from "ajv";

/** The version of the specification that the table is of. */
export const specVersion = "1.3.0";

/**
 * How often each document of that version says MUST, SHOULD, SHALL, REQUIRED or RECOMMENDED. Every one of them is in the table.
 * What the documents of other platforms say (config-freebsd.md, -solaris, -vm, -windows, -zos) is not for a Linux runtime.
 */
export const documentKeywords: Readonly<Record<string, number>> = {
  "spec.md": 15,
  "glossary.md": 2,
  "bundle.md": 4,
  "runtime.md": 56,
  "runtime-linux.md": 1,
  "config.md": 195,
  "config-linux.md": 117,
  "features.md": 12,
  "features-linux.md": 10,
};

export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT";

/** A test by its file, relative to the repository, and its title. */
export interface TestName {
  readonly file: string;
  readonly name: string;
}

export interface Clause {
  /** Stable: a name for ever, from the place of what it is about. */
  readonly id: string;
  readonly level: Level;
  /** How many of the section's key words it covers. */
  readonly keywords: number;
  /** In our own words. */
  readonly text: string;
  readonly tests?: readonly TestName[];
  /** Why there is no test: it binds somebody else. */
  readonly outside?: string;
  /** What runt does instead, and why. */
  readonly deviation?: string;
}

export interface Section {
  readonly section: string;
  /** The link target in the document. */
  readonly anchor: string;
  /** How many key words stand in this section at that version. Sections without any are left out. */
  readonly keywords: number;
  readonly clauses: readonly Clause[];
}

export interface ClauseDocument {
  readonly document: string;
  readonly sections: readonly Section[];
}

const text = { type: "string", minLength: 8 } as const;
const object = (properties: Record<string, object>, optional: readonly string[] = []): object => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const list = (items: object): object => ({ type: "array", minItems: 1, items });
const keywords = { type: "integer", minimum: 1 } as const;

const clauseSchema = object(
  {
    id: { type: "string", pattern: "^[a-z][a-zA-Z0-9-]*(\\.[a-z][a-zA-Z0-9-]*)+$" },
    level: { enum: ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT"] },
    keywords,
    text: { ...text, pattern: "\\.$" },
    tests: list(object({ file: { type: "string", pattern: "\\.test\\.ts$" }, name: text })),
    outside: text,
    deviation: text,
  },
  ["tests", "outside", "deviation"],
);
const sectionSchema = object({
  section: { type: "string", minLength: 1 },
  anchor: { type: "string", pattern: "^[a-zA-Z][a-zA-Z0-9-]*$" },
  keywords,
  clauses: list(clauseSchema),
});
const validate = new Ajv({ allErrors: true }).compile<ClauseDocument>(
  object({ document: { enum: Object.keys(documentKeywords) }, sections: list(sectionSchema) }),
);

/** Reads one file of the table; throws when it has not the form of one. */
export function parseDocument(name: string, json: string): ClauseDocument {
  const value: unknown = JSON.parse(json);
  if (validate(value)) return value;
  const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
  throw new Error(`${name}: ${problems.join("; ")}`);
}

const sum = (counts: readonly { readonly keywords: number }[]): number => counts.reduce((all, one) => all + one.keywords, 0);

/** Every clause of the table, in its order. */
export function allClauses(documents: readonly ClauseDocument[]): Clause[] {
  return documents.flatMap(({ sections }) => sections.flatMap(({ clauses }) => clauses));
}

/**
 * The sections of a document of the specification that have key words, in its order, with their number. What follows an example still
 * belongs to the section that the example is of.
 */
export function keywordSections(markdown: string): { section: string; keywords: number }[] {
  const sections: { section: string; keywords: number }[] = [];
  for (const line of markdown.split("\n")) {
    const heading = /^#+ (?:<a name="[^"]*" ?\/>)?\s*(.*)$/.exec(line);
    if (heading !== null && heading[1] !== "Example") sections.push({ section: heading[1] ?? "", keywords: 0 });
    const last = sections.at(-1);
    if (last !== undefined) last.keywords += [...line.matchAll(/\b(?:MUST|SHOULD|SHALL|REQUIRED|RECOMMENDED)\b/g)].length;
  }
  return sections.filter((section) => section.keywords > 0);
}

function clauseProblems(clause: Clause, hasTest: (test: TestName) => boolean): string[] {
  const { id, tests, outside, deviation } = clause;
  const problems: string[] = [];
  if ((tests === undefined) === (outside === undefined))
    problems.push(`${id}: should have either tests or a reason to be outside`);
  if (deviation !== undefined && tests === undefined) problems.push(`${id}: deviates, and no test shows how`);
  for (const test of tests ?? []) if (!hasTest(test)) problems.push(`${id}: ${test.file} has no test "${test.name}"`);
  return problems;
}

/** What is wrong with the table; `hasTest` says whether there is a test of that name. */
export function tableProblems(documents: readonly ClauseDocument[], hasTest: (test: TestName) => boolean): string[] {
  const problems: string[] = [];
  const count = (what: string, has: number, should: number): void => {
    if (has !== should) problems.push(`${what}: covers ${has} key words, should cover ${should}`);
  };
  for (const [name, total] of Object.entries(documentKeywords)) {
    const found = documents.filter(({ document }) => document === name);
    if (found.length !== 1) problems.push(`${name}: is there ${found.length} times, should be there once`);
    for (const { sections } of found) count(name, sum(sections), total);
  }
  for (const { document, sections } of documents) {
    for (const { section, keywords, clauses } of sections) count(`${document}, "${section}"`, sum(clauses), keywords);
  }
  const ids = new Set<string>();
  for (const clause of allClauses(documents)) {
    if (ids.has(clause.id)) problems.push(`${clause.id}: is there more than once`);
    ids.add(clause.id);
    problems.push(...clauseProblems(clause, hasTest));
  }
  return problems;
}
