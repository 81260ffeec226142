// SPDX-License-Identifier: Apache-2.0
/** Text of /etc/subuid and /etc/subgid. Pure. subuid(5) */
import type { IdMapRow } from "../linux/proc/id-map.ts";

/** The ranges of any of these owners: a login name or a number. */
export function rangesOf(text: string, owners: readonly string[]): IdMapRow[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(":"))
    .filter(([owner = "", , count]) => count !== undefined && owners.includes(owner))
    .map(([, start, count]) => ({ inside: Number(start), outside: Number(start), count: Number(count) }))
    .filter(({ inside, count }) => Number.isSafeInteger(inside) && Number.isSafeInteger(count) && count > 0);
}

/** Whether every id from `first` on is in one of the rows, by its number inside. */
export function isCovered(rows: readonly IdMapRow[], first: number, size: number): boolean {
  const end = first + size;
  for (let at = first; at < end;) {
    const row = rows.find(({ inside, count }) => at >= inside && at < inside + count);
    if (row === undefined) return false;
    at = row.inside + row.count;
  }
  return true;
}
