// SPDX-License-Identifier: Apache-2.0
/** What one file of the suite says: its TAP read, and what is excused with a proof set apart. Pure. */

export interface Assertion {
  readonly ok: boolean;
  readonly skipped: boolean;
  readonly text: string;
}

export interface FileResult {
  readonly name: string;
  /** Exit status, null when it was killed. */
  readonly status: number | null;
  readonly problem: string;
  readonly stderr: string;
  readonly assertions: readonly Assertion[];
}

/** Why what fails is no fault of the runtime: the suite is wrong, the machine lacks what it needs, or we differ on purpose. */
export type Reason = "suite" | "machine" | "deviation";

/** Something that fails and is excused, with the proof. */
export interface Excuse {
  readonly file: string;
  /** A piece of the assertion's text. Without it the excuse is for a file that ends before its first assertion. */
  readonly assertion?: string;
  /** A piece of what the file must have written to stderr. */
  readonly error?: string;
  /** How many failures it covers at most, where a right assertion has the same text. */
  readonly most?: number;
  readonly reason: Reason;
  /** The clause of the spec that is contradicted, what the machine would need, or why we differ. */
  readonly proof: string;
  /** For the reason "machine": where it holds. On another machine nothing may fail, so its absence is no surprise. */
  readonly machine?: string;
}

/** One excuse, and the failures that it covers. */
export interface Excused {
  readonly excuse: Excuse;
  readonly failures: readonly string[];
}

export interface Verdict {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly excused: readonly Excused[];
  /** What is excused, and does not fail. */
  readonly unneeded: readonly string[];
}

/** Reads the assertions of TAP output; nested ones count too. */
export function assertions(tap: string): Assertion[] {
  const found: Assertion[] = [];
  for (const line of tap.split("\n")) {
    const match = /^\s*(not )?ok\b\s*\d*\s*-?\s*(.*)$/.exec(line);
    if (match === null) continue;
    const text = match[2] ?? "";
    found.push({ ok: match[1] === undefined, skipped: /#\s*(skip|todo)/i.test(text), text });
  }
  return found;
}

/** Sorts the assertions of a file into passed, failed and excused. */
export function judge(result: FileResult, excuses: readonly Excuse[]): Verdict {
  const failures: string[] = [];
  const excused = new Map<Excuse, string[]>();
  for (const excuse of excuses) if (excuse.file === result.name) excused.set(excuse, []);
  const covers = (excuse: Excuse, text: string | undefined): boolean =>
    (text === undefined ? excuse.assertion === undefined : excuse.assertion !== undefined && text.includes(excuse.assertion)) &&
    result.stderr.includes(excuse.error ?? "");
  const sort = (failure: string, text: string | undefined): void => {
    const found = [...excused].find(([excuse, covered]) => covers(excuse, text) && covered.length < (excuse.most ?? Infinity));
    (found === undefined ? failures : found[1]).push(failure);
  };

  for (const { ok, skipped, text } of result.assertions) if (!ok && !skipped) sort(text, text);
  // A file that says nothing and ends well has found nothing to complain of: some print an assertion only when it fails.
  const silent = result.assertions.length === 0 && result.status !== 0;
  if (result.problem !== "") failures.push(`ended with ${result.problem}`);
  else if (silent) sort(`ended with status ${result.status} and no assertion: ${lastLine(result.stderr)}`, undefined);

  const unneeded = [...excused].filter(([excuse, covered]) => covered.length === 0 && excuse.reason !== "machine");
  return {
    name: result.name,
    passed: result.assertions.filter(({ ok }) => ok).length,
    failures,
    excused: [...excused].filter(([, covered]) => covered.length > 0).map(([excuse, covered]) => ({ excuse, failures: covered })),
    unneeded: unneeded.map(([excuse]) => excuse.assertion ?? "the whole file"),
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
