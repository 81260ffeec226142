// SPDX-License-Identifier: Apache-2.0
/** Timing by hyperfine, in rounds that take turns, so that a machine's moods meet every runtime alike. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Timed {
  /** Milliseconds. */
  readonly median: number;
  readonly min: number;
  readonly runs: number;
}

export interface Timing {
  /** Shell-like command line (hyperfine -N splits it), one for each name. */
  readonly commands: Readonly<Record<string, string>>;
  /** Run before each measured run, and not measured. */
  readonly prepare?: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly runs: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function hyperfine(directory: string, command: string, prepare: string | undefined, runs: number): number[] {
  const json = join(directory, "hyperfine.json");
  const before = prepare === undefined ? [] : ["--prepare", prepare];
  execFileSync("hyperfine", ["-N", "--warmup", "2", "--runs", String(runs), "--export-json", json, ...before, command], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 180_000,
  });
  const { results }: { results: { times: number[] }[] } = JSON.parse(readFileSync(json, "utf8"));
  return (results[0]?.times ?? []).map((seconds) => seconds * 1000);
}

/** Measures every command of `timing`; the order turns with each round. */
export function measure(directory: string, timing: Timing): Record<string, Timed> {
  const times: Record<string, number[]> = {};
  const names = Object.keys(timing.commands);
  for (let round = 0; round < timing.rounds; round++) {
    for (let index = 0; index < names.length; index++) {
      const name = names[(index + round) % names.length] ?? "";
      const command = timing.commands[name] ?? "";
      (times[name] ??= []).push(...hyperfine(directory, command, timing.prepare?.[name], timing.runs));
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [
      name,
      { median: median(values), min: Math.min(...values), runs: values.length },
    ]),
  );
}
