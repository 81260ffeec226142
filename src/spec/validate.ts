// SPDX-License-Identifier: Apache-2.0
/**
 * From the text of a document to its type: config.json, the process object of `exec --process`, the resources of `update`.
 *
 * A valid document costs the engine's own JSON parser and a walk that allocates nothing. Everything else is the affair of
 * `diagnose.ts`, which is large and which nothing else here needs: the program loads it when it is first called.
 */
import * as accepts from "#gen/spec-accepts.js";
import { diagnose, problemsOf } from "./diagnose.ts";
import type { DocumentKind } from "./diagnose.ts";
import { SpecError } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { Config, Process, Resources } from "./types.ts";

/** How JSON writes the one character that no string of a document may have. */
const NUL = "\\u0000";

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
  return accepts.config(value) ? [] : problemsOf("config", value);
}

/** Every problem of a value that is to be a process object; none when it is one. */
export function validateProcess(value: unknown): readonly Problem[] {
  return accepts.process(value) ? [] : problemsOf("process", value);
}

function parse(kind: DocumentKind, text: string, file: string): unknown {
  const value = parseQuickly(text);
  // An integer that the parser rounded is not accepted either: it is beyond 2^53.
  if (accepts[kind](value) && !text.includes(NUL)) return value;
  const diagnosis = diagnose(kind, text, file);
  if ("value" in diagnosis) return diagnosis.value;
  throw new SpecError(diagnosis.refusal, diagnosis.problems);
}

function parseQuickly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // no document is undefined: what is wrong with the text is told where the time for it is
  }
}
