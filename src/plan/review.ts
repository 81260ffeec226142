// SPDX-License-Identifier: Apache-2.0
/** Everything that can be said of a config before it is run: for `validate`. */
import { unknownProperties } from "../spec/outline.ts";
import { SpecError, type Problem as SpecProblem } from "../spec/problem.ts";
import type { Config } from "../spec/types.ts";
import { parseConfig } from "../spec/validate.ts";
import { checkControllers } from "./controllers.ts";
import { Report, type Problem } from "./errors.ts";
import { decide, type PlanOptions } from "./plan.ts";
import type { HostFacts } from "./types.ts";

/** One remark on a config. */
export interface Finding {
  /**
   * invalid: breaks the spec; refused: is well formed, and cannot be carried out on this host; odd: is ignored or deprecated;
   * unknown: a property that the spec does not have, often a slip.
   */
  readonly kind: "invalid" | "refused" | "odd" | "unknown";
  /** E.g. `linux.namespaces[1].path`; empty for the document itself. */
  readonly path: string;
  /** What is, and what should be. */
  readonly message: string;
  /** What to do, or what may have been meant. */
  readonly hint: string | undefined;
}

/**
 * Reviews the text of a config.json, read exactly as `create` reads it: worst first, each kind in the order of the document. A
 * config that breaks the spec is not planned, because a plan trusts the types.
 */
export function reviewConfig(text: string, facts: HostFacts, options: PlanOptions): Finding[] {
  let config: Config;
  try {
    config = parseConfig(text);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return [...invalid(error), ...unknown(readAnyway(text))];
  }
  const report = new Report();
  decide(config, facts, options, report);
  if (facts.cgroupMode !== "v2" && options.cgroupManager !== "disabled") {
    checkControllers(config.linux?.resources ?? {}, facts, report);
  }
  return [
    ...report.problems.map((problem) => fromPlan("refused", problem)),
    ...report.oddities.map((problem) => fromPlan("odd", problem)),
    ...unknown(config),
  ];
}

/** A text that is no JSON at all has a message and no list of problems. */
function invalid(error: SpecError): Finding[] {
  if (error.problems.length === 0) return [{ kind: "invalid", path: "", message: error.message, hint: undefined }];
  return error.problems.map((problem) => fromSpec("invalid", problem));
}

function unknown(value: unknown): Finding[] {
  return unknownProperties(value).map((problem) => fromSpec("unknown", problem));
}

function readAnyway(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told already, as invalid
  }
}

/** Whether a config with these findings would be run. */
export function isAccepted(findings: readonly Finding[]): boolean {
  return findings.every(({ kind }) => kind === "odd" || kind === "unknown");
}

function fromSpec(kind: Finding["kind"], { path, message, suggestion }: SpecProblem): Finding {
  return { kind, path, message, hint: suggestion === undefined ? undefined : `did you mean ${JSON.stringify(suggestion)}?` };
}

function fromPlan(kind: Finding["kind"], { path, message, hint }: Problem): Finding {
  return { kind, path, message, hint };
}
