// SPDX-License-Identifier: Apache-2.0
/**
 * The second look at a document that was not accepted at first sight: parsed with exact integers, then with what may be left out
 * left out, and if all that does not help, with everything that is wrong with it.
 *
 * All of it takes and gives plain data, so that it can be a program of its own.
 */
import * as accepts from "#gen/spec-accepts.js";
import { explain } from "./explain.ts";
import type { DocumentKind } from "./explain.ts";
import { parseExactJson, parseJson } from "./json.ts";
import { SpecError, join, renderProblems } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { repair } from "./repair.ts";

export type { DocumentKind } from "./explain.ts";
export { explain as problemsOf } from "./explain.ts";

/** The document if it can be made one, or why not. */
export type Diagnosis = { readonly value: unknown } | { readonly refusal: string; readonly problems: readonly Problem[] };

/** Looks at a text again; `file` is the name in the refusal. */
export function diagnose(kind: DocumentKind, text: string, file: string): Diagnosis {
  try {
    return { value: parseThoroughly(kind, text, file) };
  } catch (error) {
    if (error instanceof SpecError) return { refusal: error.message, problems: error.problems };
    throw error;
  }
}

function parseThoroughly(kind: DocumentKind, text: string, file: string): unknown {
  refuseNul(parseJson(text, file), file);
  const exact = parseExactJson(text);
  if (accepts[kind](exact)) return exact;
  const repaired = repair(kind, exact);
  if (accepts[kind](repaired)) return repaired;
  throw invalid(file, remaining(kind, exact, repaired));
}

/** The problems that no repair helps, told of the document as it is. */
function remaining(kind: DocumentKind, original: unknown, repaired: unknown): readonly Problem[] {
  const left = explain(kind, repaired);
  const told = new Map(explain(kind, original).map((problem) => [problem.path, problem]));
  return left.map((problem) => told.get(problem.path) ?? problem);
}

function invalid(file: string, problems: readonly Problem[]): SpecError {
  return new SpecError(renderProblems(file, problems), problems);
}

/** The kernel ends a string at a NUL: what is checked and what is used would be different strings. */
function refuseNul(value: unknown, file: string): void {
  const problems: Problem[] = [];
  findNul(value, "", problems);
  if (problems.length > 0) throw invalid(file, problems);
}

function findNul(value: unknown, path: string, problems: Problem[]): void {
  if (typeof value === "string" && value.includes("\0"))
    problems.push({ path, message: "has a NUL character in it, and must not" });
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key.includes("\0")) problems.push({ path, message: `has the key ${JSON.stringify(key)} with a NUL character in it` });
    findNul(member, join(path, Array.isArray(value) ? Number(key) : key), problems);
  }
}
