// SPDX-License-Identifier: Apache-2.0
/** The output of ps(1), cut down to some processes. Pure. */

/** The heading and the lines whose PID is in `pids`. Throws when the output has no column PID. */
export function selectLines(output: string, pids: readonly number[]): string {
  const [heading = "", ...lines] = output.split("\n");
  const column = heading.trim().split(/\s+/).indexOf("PID");
  if (column === -1) throw new Error('the output of ps has no column "PID": ask for it, e.g. with -o pid,comm');
  const wanted = new Set(pids.map(String));
  const kept = lines.filter((line) => wanted.has(line.trim().split(/\s+/)[column] ?? ""));
  return [heading, ...kept].map((line) => `${line}\n`).join("");
}
