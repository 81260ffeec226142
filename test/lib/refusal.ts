// SPDX-License-Identifier: Apache-2.0
/** What every refused config has in common: the exit code, one clear message in two places, and nothing left behind. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import type { TestConfig } from "./config.ts";
import { type Container, stateNames } from "./container.ts";
import { cgroupDirectories, processesWith } from "./kernel.ts";
import type { Result } from "./run.ts";

/** One bad value in a config that is good otherwise. */
export interface Refusal {
  /** The section of config.json, as its JSON path. */
  readonly section: string;
  readonly what: string;
  readonly change: (config: TestConfig, c: Container) => void;
  /** What the message has: where, what, and why. */
  readonly says: RegExp;
  /** The code of docs/ERRORS.md; "config-refused" unless told. */
  readonly code?: string;
  /** What to do about it, where the message does not say it. */
  readonly hint?: RegExp;
  /** Why this machine cannot show it. */
  readonly skip?: string | false;
  /** Found after the start: with `run`. */
  readonly late?: true;
  /** Besides --bundle. */
  readonly flags?: readonly string[];
}

export interface Told {
  readonly result: Result;
  /** The last line of the JSON log. */
  readonly entry: { readonly level?: string; readonly msg?: string; readonly code?: string; readonly hint?: string };
}

/** Tries to create a container of `c` with the bad value. */
export function attempt(c: Container, row: Refusal): Told {
  const config = structuredClone(c.config);
  row.change(config, c);
  const text = JSON.stringify(config).replace(/"u64:(-?\d+)"/g, "$1");
  writeFileSync(join(c.bundle, "config.json"), text);
  const log = join(c.directory, "log.json");
  rmSync(log, { force: true });
  const command = row.late === true ? "run" : "create";
  const flags = ["--bundle", c.bundle, ...(row.flags ?? [])];
  const result = c.command(["--log", log, "--log-format", "json", command, ...flags, c.id]);
  if (result.code === 0) c.delete("--force");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return { result, entry: JSON.parse(lines.at(-1) || "{}") };
}

/** Mounts of this mount namespace that have to do with the container. */
function mountsOf(c: Container): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(c.directory) || line.includes(c.id));
}

/** No state, cgroup, process or mount. */
export function nothingLeft(t: Test, c: Container): void {
  t.strictSame(stateNames(c), [], "no state");
  t.strictSame(cgroupDirectories(c.cgroupsPath), [], "no cgroup");
  t.strictSame(processesWith(c.bundle), [], "no process");
  t.strictSame(mountsOf(c), [], "no mount");
}

/** Words that no message has: they are of a defect, or say nothing. */
const meaningless = /undefined|\[object|NaN|\bError:|\.ts\b|at <|: $|unknown error/;

/** Asserts all of it. */
export function refuses(t: Test, c: Container, row: Refusal): void {
  const { result, entry } = attempt(c, row);
  t.equal(result.code, 1, "exit code");
  t.match(result.stderr, row.says, "standard error");
  t.notMatch(result.stderr, meaningless);
  t.match(entry, { level: "error", code: row.code ?? "config-refused" }, "the line in the log");
  t.match(entry.msg, row.says, "says the same");
  t.notMatch(entry.msg, /\n/, "is one sentence");
  if (row.hint !== undefined) {
    t.match(entry.hint, row.hint, "with advice");
    t.ok(result.stderr.includes(`hint: ${entry.hint}`), "on standard error, too");
  }
  nothingLeft(t, c);
}
