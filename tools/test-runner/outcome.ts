// SPDX-License-Identifier: Apache-2.0
/** Turns what a test file's process did into passed, failed and skipped, and into lines to print. Pure. */
import type { ChildResult } from "./child.ts";
import { parseTap } from "./tap.ts";
import type { Failure, TitledTest } from "./tap.ts";

export interface Outcome {
  readonly lane: string;
  readonly path: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skips: readonly string[];
  readonly tests: readonly TitledTest[];
  /** Why the whole file was skipped. */
  readonly skipped?: string | undefined;
  readonly seconds: number;
}

const TAIL_LINES = 25;
const DETAIL_LINES = 50;

function tail(text: string): string {
  return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}

/** The outcome of a file that ran. A file that hung, crashed, stopped early or asserted nothing has one more failure. */
export function outcomeOf(lane: string, path: string, child: ChildResult, limit: number): Outcome {
  const tap = parseTap(child.stdout);
  const failures = [...tap.failures];
  const fail = (name: string): void => {
    failures.push({ name, details: `last output:\n${tail(`${child.stdout}\n${child.stderr}`)}\n` });
  };
  if (child.timedOut) fail(`no end after ${limit} s, killed`);
  else if (!tap.complete) fail(`ended early, exit code ${child.code ?? child.signal ?? "unknown"}`);
  else if (child.code !== 0 && failures.length === 0) fail(`exit code ${child.code ?? child.signal ?? "unknown"}`);
  else if (tap.passed + failures.length + tap.skips.length === 0) fail("asserts nothing");
  return { lane, path, passed: tap.passed, failures, skips: tap.skips, tests: tap.tests, seconds: child.seconds };
}

/** The outcome of a file that could not run. */
export function failedOutcome(lane: string, path: string, name: string, details = ""): Outcome {
  return { lane, path, passed: 0, failures: [{ name, details }], skips: [], tests: [], seconds: 0 };
}

/** The outcome of a file that this machine cannot run. */
export function skippedOutcome(lane: string, path: string, reason: string): Outcome {
  return { lane, path, passed: 0, failures: [], skips: [reason], tests: [], skipped: reason, seconds: 0 };
}

/** One line for the file, then each failure with its details and each skip with its reason. */
export function describeOutcome(outcome: Outcome): string {
  const { failures, skips } = outcome;
  const word = failures.length > 0 ? "FAIL" : outcome.passed > 0 ? "ok  " : "skip";
  const counts = [`${outcome.passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skips.length > 0) counts.push(`${skips.length} skipped`);
  const lines = [`${word} ${outcome.lane.padEnd(4)} ${outcome.path}: ${counts.join(", ")} (${outcome.seconds.toFixed(1)} s)`];
  for (const { name, details } of failures) {
    lines.push(`     not ok: ${name}`);
    const shown = details === "" ? [] : details.trimEnd().split("\n");
    lines.push(...shown.slice(0, DETAIL_LINES).map((line) => `       | ${line}`));
    if (shown.length > DETAIL_LINES) lines.push(`       | ... and ${shown.length - DETAIL_LINES} lines more`);
  }
  for (const skip of new Set(skips)) lines.push(`     skipped: ${skip}`);
  return lines.join("\n");
}

/** The last line of a run, read by the gate: `N passed, N failed, N skipped`. */
export function summarize(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const failed = sum((outcome) => outcome.failures.length);
  return `${sum((outcome) => outcome.passed)} passed, ${failed} failed, ${sum((outcome) => outcome.skips.length)} skipped`;
}
