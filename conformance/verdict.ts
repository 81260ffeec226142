// SPDX-License-Identifier: Apache-2.0
/** What one file of the suite says: its TAP read, and what is known to be wrong in the suite itself set apart. Pure. */

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

/** One assertion that the suite itself gets wrong. */
export interface KnownDefect {
  readonly file: string;
  /** A piece of the assertion's text. */
  readonly assertion: string;
  /** Why the suite is wrong: the clause of the spec it contradicts, or what it needs of a machine. */
  readonly proof: string;
  /** Only on machines where this holds, e.g. "no CAP_SYS_RESOURCE": then its absence is no surprise. */
  readonly machine?: string;
}

export interface Verdict {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly excused: readonly string[];
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

/** Sorts the assertions of a file into passed, failed, and failed for a fault of the suite. */
export function judge(result: FileResult, defects: readonly KnownDefect[]): Verdict {
  const own = defects.filter((defect) => defect.file === result.name);
  const failures: string[] = [];
  const excused: string[] = [];
  for (const { ok, skipped, text } of result.assertions) {
    if (ok || skipped) continue;
    (own.some((defect) => text.includes(defect.assertion)) ? excused : failures).push(text);
  }
  for (const defect of own) {
    if (defect.machine === undefined && !excused.some((text) => text.includes(defect.assertion))) {
      failures.push(`listed as a defect of the suite, and passes: ${defect.assertion}`);
    }
  }
  // A file that says nothing and ends well has found nothing to complain of: some print an assertion only when it fails.
  const silent = result.assertions.length === 0 && result.status !== 0;
  if (result.problem !== "" || silent)
    failures.push(`ended with ${result.problem || `status ${result.status} and no assertion`}: ${lastLine(result.stderr)}`);
  return { name: result.name, passed: result.assertions.filter(({ ok }) => ok).length, failures, excused };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
