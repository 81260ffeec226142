// SPDX-License-Identifier: Apache-2.0
/** What a run of the benchmark found, and how it is printed. Pure. */

export interface Row {
  readonly what: string;
  readonly unit: "ms" | "KiB" | "MB" | "x";
  /** Value of each runtime that was measured. */
  readonly values: Readonly<Record<string, number>>;
  /** The most that runt's value may be, as a multiple of another runtime's. */
  readonly bounds: Readonly<Record<string, number>>;
  /** The most that runt's own value may be. */
  readonly limit?: number;
}

export interface Report {
  readonly machine: string;
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
}

export function ratio(row: Row, other: string): number | undefined {
  const own = row.values["runt"];
  const theirs = row.values[other];
  return own === undefined || theirs === undefined ? undefined : own / theirs;
}

/** Whether each bound of the row that could be measured is held. */
export function holds(row: Row): boolean {
  const own = row.values["runt"];
  if (row.limit !== undefined && own !== undefined && own > row.limit) return false;
  return Object.entries(row.bounds).every(([other, bound]) => (ratio(row, other) ?? 0) <= bound);
}

function shown(value: number | undefined, unit: Row["unit"]): string {
  if (value === undefined) return "-";
  return unit === "KiB" ? `${Math.round(value)} KiB` : `${value.toFixed(unit === "ms" ? 1 : 2)} ${unit}`;
}

function boundText(row: Row): string {
  const parts = Object.entries(row.bounds).map(([other, bound]) => `${bound.toFixed(2)} x ${other}`);
  if (row.limit !== undefined) parts.push(shown(row.limit, row.unit));
  return parts.length === 0 ? "-" : `at most ${parts.join(", ")}`;
}

/** A Markdown table with a line a row: values, ratios, what must hold and whether it does. */
export function markdown(report: Report): string {
  const names = ["runt", "crun", "runc"];
  const lines = [
    `| what | ${names.join(" | ")} | runt / crun | runt / runc | must be | |`,
    `| --- | ${names.map(() => "---:").join(" | ")} | ---: | ---: | --- | --- |`,
  ];
  for (const row of report.rows) {
    const values = names.map((name) => shown(row.values[name], row.unit));
    const ratios = ["crun", "runc"].map((other) => ratio(row, other)?.toFixed(2) ?? "-");
    lines.push(`| ${[row.what, ...values, ...ratios, boundText(row), holds(row) ? "yes" : "**no**"].join(" | ")} |`);
  }
  return [report.machine, "", ...lines, "", ...report.notes.map((note) => `- ${note}`), ""].join("\n");
}
