// SPDX-License-Identifier: Apache-2.0
/** Lists of CPUs and memory nodes such as "0-3,7". Pure. cpuset(7), "List format" */

// Above anything the kernel can be built for (CONFIG_NR_CPUS), so that a slip of the keyboard does not ask for gigabytes.
const HIGHEST = 65_535;

/** The numbers of a list as a bit mask, whole 64-bit words. Throws when the text is no list. */
export function numberListMask(text: string): Uint8Array {
  const ranges = text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => parseRange(part.trim(), text));
  if (ranges.length === 0) return new Uint8Array(0);
  const highest = Math.max(...ranges.map(([, last]) => last));
  const mask = new Uint8Array((Math.floor(highest / 64) + 1) * 8);
  for (const [first, last] of ranges) {
    for (let number = first; number <= last; number++) {
      mask[number >> 3] = (mask[number >> 3] ?? 0) | (1 << (number & 7));
    }
  }
  return mask;
}

function parseRange(part: string, whole: string): [number, number] {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
  if (match === null) throw new Error(`${JSON.stringify(whole)} is no list of numbers and ranges such as "0-3,7"`);
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (last < first) throw new Error(`range ${JSON.stringify(part)} of list ${JSON.stringify(whole)} ends before it starts`);
  if (last > HIGHEST) throw new Error(`number ${last} in list ${JSON.stringify(whole)} is larger than ${HIGHEST}`);
  return [first, last];
}
