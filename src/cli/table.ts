// SPDX-License-Identifier: Apache-2.0
/** Columns as tabwriter prints them: at least twelve wide, three blanks between. Pure. */

/** One line a row; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, column) => Math.max(9, ...rows.map((row) => (row[column] ?? "").length)) + 3,
  );
  return rows
    .map(
      (row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("")}\n`,
    )
    .join("");
}
