// SPDX-License-Identifier: Apache-2.0
/**
 * Which clauses of the table a run of the tests has not proven, because none of their tests ran: skipped tests prove nothing, and the
 * machine of another run may prove what this one cannot. Pure.
 */
import { allClauses, type ClauseDocument } from "./clauses.ts";

/** What came of a test file in one lane. */
export interface FileRun {
  readonly path: string;
  /** Its tests, by their titles; with a reason those that were skipped. */
  readonly tests: readonly { readonly name: string; readonly skipped?: string | undefined }[];
  /** Why none of it ran. */
  readonly skipped?: string | undefined;
}

export interface Unproven {
  readonly id: string;
  readonly level: string;
  /** Why its tests did not run, each reason once. */
  readonly reasons: readonly string[];
}

/** The clauses with tests of which not one has run. A test that failed has run. */
export function unprovenClauses(table: readonly ClauseDocument[], runs: readonly FileRun[]): Unproven[] {
  const byPath = new Map<string, FileRun[]>();
  for (const run of runs) byPath.set(run.path, [...(byPath.get(run.path) ?? []), run]);
  return allClauses(table).flatMap(({ id, level, tests = [] }) => {
    const found = tests.map(({ file, name }) => reasonsOf(byPath.get(file) ?? [], name));
    if (tests.length === 0 || found.some((reasons) => reasons === undefined)) return [];
    return [{ id, level, reasons: [...new Set(found.flatMap((reasons) => reasons ?? []))] }];
  });
}

/** Why a test did not run in any of the lanes of its file; undefined when it ran. */
function reasonsOf(runs: readonly FileRun[], name: string): string[] | undefined {
  const reasons: string[] = [];
  for (const { tests, skipped } of runs) {
    const same = tests.filter((test) => test.name === name);
    if (same.some((test) => test.skipped === undefined)) return undefined;
    reasons.push(...same.flatMap((test) => test.skipped ?? []), ...(skipped === undefined ? [] : [skipped]));
  }
  return reasons.length === 0 ? ["no lane of this run has its test"] : reasons;
}

/** A line that counts, and one for each clause that is not proven. */
export function describeUnproven(table: readonly ClauseDocument[], unproven: readonly Unproven[]): string {
  const all = allClauses(table).filter(({ tests }) => tests !== undefined).length;
  const head = `clauses of the specification with a test that ran: ${all - unproven.length} of ${all}`;
  return [
    head,
    ...unproven.map(({ id, level, reasons }) => `     not proven here: ${id} (${level}): ${reasons.join("; ")}`),
  ].join("\n");
}
