// SPDX-License-Identifier: Apache-2.0
/** Lists of numbers as the kernel writes them for CPUs and memory nodes: `0-3,7`. */

/**
 * Why `text` is not a list of CPUs or memory nodes (cpuset(7), "List format"), or undefined if it is one. White space around an
 * entry is tolerated, as the kernel does.
 */
export function listProblem(text: string): string | undefined {
  for (const entry of text.split(",")) {
    const match = /^\s*(\d+)(?:-(\d+)(?::\d+\/\d+)?)?\s*$/.exec(entry);
    if (match === null) return `must be a list like "0-3,7"${entry === text ? "" : `, and has ${JSON.stringify(entry)}`}`;
    if (match[2] !== undefined && Number(match[1]) > Number(match[2]))
      return `has the range ${entry.trim()}, whose end is before its start`;
  }
  return undefined;
}
