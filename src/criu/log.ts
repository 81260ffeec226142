// SPDX-License-Identifier: Apache-2.0
/** What a log of criu says of a failure. Pure. */

const shown = 3;

/** The messages of its last errors, without times and pids. */
export function errorsIn(log: string): string[] {
  const errors = log
    .split("\n")
    .map((line) => /^(?:\([0-9.]+\)\s*)?(?:\s*\d+: )?Error \([^)]*\): (.*)$/.exec(line.trim())?.[1])
    .filter((message) => message !== undefined && !/^(Dumping|Restoring|Pre-dumping) FAILED/.test(message));
  return (errors as string[]).slice(-shown);
}
