// SPDX-License-Identifier: Apache-2.0
/** What the suite said of several runtimes, file by file: the form of results.json. Pure. */
import type { Verdict } from "./verdict.ts";

/** Assertions of one file of the suite. */
export interface FileRow {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** Failures that are no fault of the runtime, or a difference on purpose: excuses.json has the proofs. */
  readonly excused: number;
}

export interface RuntimeResults {
  /** Name of the binary. */
  readonly runtime: string;
  readonly version: string;
  /** Major and minor version. */
  readonly kernel: string;
  readonly files: readonly FileRow[];
}

export interface SuiteResults {
  /** Commit of the suite. */
  readonly suite: string;
  readonly runtimes: readonly RuntimeResults[];
}

/** One file's row. */
export function fileRow({ name, passed, failures, excused }: Verdict): FileRow {
  return { name, passed, failed: failures.length, excused: excused.reduce((sum, one) => sum + one.failures.length, 0) };
}

/** Results with those of one runtime anew. Results of another commit of the suite are dropped: they cannot be compared. */
export function mergeResults(old: SuiteResults | undefined, suite: string, results: RuntimeResults): SuiteResults {
  const others = old?.suite === suite ? old.runtimes.filter(({ runtime }) => runtime !== results.runtime) : [];
  return { suite, runtimes: [...others, results].sort((a, b) => (a.runtime < b.runtime ? 1 : -1)) };
}

/** The sum of all files, and how many of them have no failure but excused ones (clean) and none at all (spotless). */
export function totals(files: readonly FileRow[]): Omit<FileRow, "name"> & { readonly clean: number; readonly spotless: number } {
  const sum = (count: (row: FileRow) => number): number => files.reduce((all, row) => all + count(row), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    excused: sum(({ excused }) => excused),
    clean: files.filter(({ failed }) => failed === 0).length,
    spotless: files.filter(({ failed, excused }) => failed + excused === 0).length,
  };
}
