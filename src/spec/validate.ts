// SPDX-License-Identifier: Apache-2.0
/**
 * From the text of a document to its type: config.json, the process object of `exec --process`, the resources of `update`.
 *
 * A valid document costs the engine's own JSON parser and a walk that allocates nothing. Only a document that this walk refuses is
 * parsed again with exact integers, then with what may be left out, and if all that does not help, explained.
 */
import * as accepts from "#gen/spec-accepts.js";
import { explain } from "./explain.ts";
import type { DocumentKind } from "./explain.ts";
import { mayHaveNul, parseExactJson, parseJson } from "./json.ts";
import { SpecError, join, renderProblems } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { repair } from "./repair.ts";
import type { Config, Process, Resources } from "./types.ts";

/** Reads config.json. Throws SpecError with every problem; `file` is the name in its message. */
export function parseConfig(text: string, file = "config.json"): Config {
  return parse("config", text, file) as Config;
}

/** Reads a process object. Throws SpecError with every problem. */
export function parseProcess(text: string, file: string): Process {
  return parse("process", text, file) as Process;
}

/** Reads a resources object. Throws SpecError with every problem. */
export function parseResources(text: string, file: string): Resources {
  return parse("resources", text, file) as Resources;
}

/** Every problem of a value that is to be a config; none when it is one. */
export function validateConfig(value: unknown): readonly Problem[] {
  return accepts.config(value) ? [] : explain("config", value);
}

/** Every problem of a value that is to be a process object; none when it is one. */
export function validateProcess(value: unknown): readonly Problem[] {
  return accepts.process(value) ? [] : explain("process", value);
}

function parse(kind: DocumentKind, text: string, file: string): unknown {
  const value = parseJson(text, file);
  if (mayHaveNul(text)) refuseNul(value, file);
  if (accepts[kind](value)) return value;
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
