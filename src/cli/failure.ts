// SPDX-License-Identifier: Apache-2.0
/** How a failure is told: one sentence from outside in, the code that programs read, and what to do about it. Pure. */

export interface Failure {
  readonly message: string;
  /** One of docs/ERRORS.md; "internal" for a defect of runt. */
  readonly code: string;
  readonly hint: string | undefined;
}

const longestChain = 32;

/** The clauses of an error and its causes, outermost first. */
function clauses(error: unknown): string[] {
  const found: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && found.length < longestChain;) {
    found.push(at instanceof Error ? at.message : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return found.filter((clause) => clause !== "");
}

/** A text field that an error of the chain has, innermost first: who is nearest to the kernel knows best. */
function innermost(error: unknown, name: string, accept: (text: string) => boolean): string | undefined {
  let found: string | undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const value: unknown = Reflect.get(at, name);
    if (typeof value === "string" && accept(value)) found = value;
  }
  return found;
}

/** Codes of errno ("ENOENT") are the kernel's words, not ours. */
function isOwnCode(code: string): boolean {
  return code.includes("-");
}

const codeByClass: Readonly<Record<string, string>> = {
  SpecError: "config-invalid",
  PlanError: "config-refused",
  UsageError: "arguments-invalid",
};

function codeOf(error: unknown): string {
  const own = innermost(error, "code", isOwnCode);
  if (own !== undefined) return own;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = codeByClass[at.name];
    if (code !== undefined) return code;
  }
  return "system-call-failed";
}

/** `prefix` goes before everything, e.g. "runt create failed". */
export function describeFailure(error: unknown, prefix: string | undefined): Failure {
  const story = clauses(error).join(": ");
  return {
    message: prefix === undefined ? story : `${prefix}: ${story}`,
    code: codeOf(error),
    hint: innermost(error, "hint", () => true),
  };
}
