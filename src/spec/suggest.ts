// SPDX-License-Identifier: Apache-2.0
/** What a misspelt name was probably meant to be. */

/**
 * The candidate that is nearest to `name`, or undefined when none is near: one error for every three characters, and fewer errors than characters.
 * Case does not count, nor does a prefix that all candidates share ("ERRNO" for "SCMP_ACT_ERRNO").
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const prefix = commonPrefix(candidates);
  const wanted = withoutPrefix(name.toUpperCase(), prefix.toUpperCase());
  let best: string | undefined;
  let least = Math.min(Math.floor(Math.max(wanted.length, 3) / 3) + 1, wanted.length);
  for (const candidate of candidates) {
    if (candidate === "") continue;
    const distance = editDistance(wanted, withoutPrefix(candidate.toUpperCase(), prefix.toUpperCase()), least);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/**
 * How many single-character insertions, deletions, replacements and swaps of neighbours turn `a` into `b` (optimal string
 * alignment). A result of `limit` or more says only that it is not less.
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

function commonPrefix(names: readonly string[]): string {
  const [first = "", ...others] = names;
  let length = others.length === 0 ? 0 : first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
