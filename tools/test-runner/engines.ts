// SPDX-License-Identifier: Apache-2.0
/** What the tests of the engines lane report beside their TAP: each case with two runtimes. Pure, but for the reading of a file. */
import { readFileSync } from "node:fs";

export interface EngineCase {
  readonly name: string;
  /** Whether it passed with each runtime, e.g. runt and runc. */
  readonly passed: Readonly<Record<string, boolean>>;
}

/** Medians of one thing that was timed, in milliseconds by runtime. */
export interface EngineTime {
  readonly what: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** The report of one test file, as it writes it to the file that `RUNT_TEST_REPORT` names. */
export interface EngineReport {
  /** Name and version, e.g. `Docker 20.10.24`. */
  readonly engine: string;
  readonly cases: readonly EngineCase[];
  readonly times: readonly EngineTime[];
}

/** The report of a test file; empty when it wrote none. */
export function readReport(path: string): EngineReport[] {
  try {
    const report: EngineReport = JSON.parse(readFileSync(path, "utf8"));
    return [report];
  } catch {
    return []; // skipped, or ended early, which is a failure of its own
  }
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A line an engine with the number of cases that passed with each runtime. */
function caseTable(reports: readonly EngineReport[]): string[] {
  const runtimes = [...new Set(reports.flatMap((report) => report.cases.flatMap((entry) => Object.keys(entry.passed))))];
  const rows = [...new Set(reports.map((report) => report.engine))].flatMap((engine) => {
    const cases = reports.filter((report) => report.engine === engine).flatMap((report) => report.cases);
    const passed = runtimes.map((name) => cases.filter((entry) => entry.passed[name] === true).length);
    return cases.length === 0 ? [] : [row([engine, cases.length, ...passed])];
  });
  const head = row(["engine", "cases", ...runtimes.map((name) => `passed with ${name}`)]);
  return rows.length === 0 ? [] : [head, row(["---", "---:", ...runtimes.map(() => "---:")]), ...rows];
}

/** A Markdown table of the cases, and below it a line for each thing that was timed. */
export function engineTable(reports: readonly EngineReport[]): string {
  const times = reports.flatMap(({ engine, times }) =>
    times.map(({ what, milliseconds }) => {
      const values = Object.entries(milliseconds).map(([name, value]) => `${name} ${value.toFixed(0)} ms`);
      return `${engine}: ${what}: ${values.join(", ")}`;
    }),
  );
  return [caseTable(reports), times]
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}
