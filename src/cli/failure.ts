// SPDX-License-Identifier: Apache-2.0
/** How a failure is told: one sentence from outside in, the code that programs read, and what to do about it. Pure. */

export interface Failure {
  readonly message: string;
  /** One of docs/ERRORS.md. */
  readonly code: string;
  readonly hint: string | undefined;
}

const longestChain = 32;

/** An error and its causes, outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < longestChain;) {
    chain.push(at);
    at = at instanceof Error ? at.cause : undefined;
  }
  return chain;
}

/** A text field that an error of the chain has, innermost first: who is nearest to the kernel knows best. */
function innermost(chain: readonly unknown[], name: string, accept: (text: string) => boolean): string | undefined {
  const values = chain.map((error): unknown => (error instanceof Error ? Reflect.get(error, name) : undefined));
  return values.findLast((value): value is string => typeof value === "string" && accept(value));
}

/** Codes that are not for a caller to branch on, with the sentence that documents each; the others are of the container layer. */
export const furtherCodes = {
  "system-call-failed": "The kernel refused a call; the message names the call, its paths and the errno.",
  internal: "A defect of runt. Please report it, with the command and the config.",
  failed: "Something else went wrong; the message says what.",
} as const;

/** Codes of errno ("ENOENT") are the kernel's words, not ours. */
function isOwnCode(code: string): boolean {
  return /^[a-z]/.test(code);
}

const codeByClass: Readonly<Record<string, string>> = {
  BundleError: "bundle-invalid",
  SpecError: "config-invalid",
  PlanError: "config-refused",
  SyscallError: "system-call-failed",
  TypeError: "internal",
  RangeError: "internal",
  ReferenceError: "internal",
  InternalError: "internal",
};

/** What an error says itself, else what the outermost class that is known means. */
function codeOf(chain: readonly unknown[]): string {
  const classes = chain.map((error) => (error instanceof Error ? codeByClass[error.name] : undefined));
  return innermost(chain, "code", isOwnCode) ?? classes.find((code) => code !== undefined) ?? "failed";
}

/** `prefix` goes before everything, e.g. "runt create failed". */
export function describeFailure(error: unknown, prefix: string | undefined): Failure {
  const chain = chainOf(error);
  const clauses = chain.map((at) => (at instanceof Error ? at.message : String(at))).filter((clause) => clause !== "");
  return {
    message: [...(prefix === undefined ? [] : [prefix]), ...clauses].join(": "),
    code: codeOf(chain),
    hint: innermost(chain, "hint", () => true),
  };
}
