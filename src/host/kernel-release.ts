// SPDX-License-Identifier: Apache-2.0
/** The release string of uname(2). Pure. */

/** Major and minor number: `6.1.0-13-amd64` -> [6, 1]. Throws for a text that does not start with two numbers. */
export function parseKernelRelease(release: string): readonly [number, number] {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (match === null) throw new Error(`unreadable kernel release ${JSON.stringify(release)}`);
  return [Number(match[1]), Number(match[2])];
}
