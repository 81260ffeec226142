// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/uid_map and gid_map. Pure. user_namespaces(7) */

export interface IdMapRow {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** The rows of a map; none while it is not yet written. */
export function parseIdMap(text: string): IdMapRow[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === 3)
    .map(([inside, outside, count]) => ({ inside: Number(inside), outside: Number(outside), count: Number(count) }));
}

/** Whether the map is that of the initial user namespace: every id is itself. */
export function isFullIdMap(rows: readonly IdMapRow[]): boolean {
  const [row] = rows;
  return rows.length === 1 && row?.inside === 0 && row.outside === 0 && row.count === 0xffffffff;
}

/** The text of a map to be written: "inside outside count" a line. */
export function formatIdMap(rows: readonly IdMapRow[]): string {
  return rows.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join("");
}

/** The id outside of the id `inside`; undefined when it is not mapped. */
export function mapToOutside(rows: readonly IdMapRow[], inside: number): number | undefined {
  const row = rows.find((candidate) => inside >= candidate.inside && inside < candidate.inside + candidate.count);
  return row === undefined ? undefined : row.outside + (inside - row.inside);
}
