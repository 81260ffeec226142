// SPDX-License-Identifier: Apache-2.0
/** Durations as Go writes them: `5s`, `1m30s`, `250ms`. Pure. */

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration; a number alone is seconds. Undefined when it cannot be read or is not above 0. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return positive(Number(text) * 1000);
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(number) * (unitMs[unit] ?? 0);
  return positive(sum);
}

function positive(milliseconds: number): number | undefined {
  return milliseconds > 0 ? Math.max(1, Math.round(milliseconds)) : undefined;
}
