// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the tests: `run-tests.ts [--lane LANE] [--jobs N] [--deadline SECONDS] [FILTER]`.
 *
 * A file is a process; a file that hangs, crashes or stops early is a failed test. Prints a line a file, and as the last line
 * `N passed, N failed, N skipped`. Exits 0 only when nothing failed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { removeCgroups } from "./test-runner/cgroups.ts";
import { killAll, runChild } from "./test-runner/child.ts";
import { compileTests } from "./test-runner/compile.ts";
import type { Compiled } from "./test-runner/compile.ts";
import { LANES, findTests } from "./test-runner/files.ts";
import type { Lane, TestFile } from "./test-runner/files.ts";
import { prepareLane } from "./test-runner/lanes.ts";
import type { LaneState } from "./test-runner/lanes.ts";
import { describeOutcome, failedOutcome, outcomeOf, skippedOutcome, summarize } from "./test-runner/outcome.ts";
import type { Outcome } from "./test-runner/outcome.ts";

interface Job {
  readonly lane: Exclude<Lane, "uml">;
  readonly file: TestFile;
}

interface Run {
  readonly repository: string;
  /** Temporary directories of the tests; unique to this run, and short, for the sake of socket paths. */
  readonly directory: string;
  /** Begins the name of every cgroup and temporary directory of this run. */
  readonly name: string;
  readonly compiled: ReadonlyMap<string, Compiled>;
  /** `performance.now()` after which nothing more is started. */
  readonly deadline: number;
}

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const outcomes: Outcome[] = [];

function report(outcome: Outcome): void {
  outcomes.push(outcome);
  process.stdout.write(`${describeOutcome(outcome)}\n`);
}

async function runJob(run: Run, state: LaneState, job: Job, number: number): Promise<Outcome> {
  const { lane, file } = job;
  if ("skip" in state) return skippedOutcome(lane, file.path, state.skip);
  const compiled = run.compiled.get(file.path);
  if (compiled === undefined || "error" in compiled) return failedOutcome(lane, file.path, "does not compile", compiled?.error);
  const left = (run.deadline - performance.now()) / 1000;
  if (left <= 0) return failedOutcome(lane, file.path, "not run: the time for all tests is over");
  const limit = Math.min(file.timeout, left);
  const name = `${run.name}-${number}`;
  const tmp = join(run.directory, String(number));
  mkdirSync(tmp, { mode: 0o711 });
  const env = {
    ...process.env,
    NODE_OPTIONS: "--enable-source-maps",
    TAP_BAIL: "",
    NO_COLOR: "1",
    RUNT_TEST_LANE: lane,
    RUNT_TEST_NAME: name,
    RUNT_TEST_REPOSITORY: run.repository,
    TMPDIR: tmp,
  };
  const child = await runChild([...state.prefix, compiled.script], { timeout: limit, env });
  if (lane !== "unit") removeCgroups(`${name}.`);
  rmSync(tmp, { recursive: true, force: true });
  return outcomeOf(lane, file.path, child, Math.round(limit));
}

/** Runs the jobs of all lanes but uml: `width` at a time, and those that must be alone after the others. */
async function runJobs(run: Run, jobs: readonly Job[], width: number): Promise<void> {
  const states = new Map<Lane, LaneState>();
  let number = 0;
  const drain = async (queue: Job[]): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const state = states.get(job.lane) ?? prepareLane(job.lane);
      states.set(job.lane, state);
      report(await runJob(run, state, job, ++number));
    }
  };
  const together = jobs.filter((job) => !job.file.alone);
  await Promise.all(Array.from({ length: width }, () => drain(together)));
  await drain(jobs.filter((job) => job.file.alone));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { lane: { type: "string" }, jobs: { type: "string" }, deadline: { type: "string" } },
    allowPositionals: true,
  });
  const lanes = LANES.filter((lane) => values.lane === undefined || values.lane === lane);
  if (lanes.length === 0) throw new Error(`no lane "${values.lane ?? ""}", should be one of ${LANES.join(" ")}`);
  const deadline = performance.now() + Number(values.deadline ?? 1200) * 1000;
  const files = findTests(repository, positionals[0] ?? "").filter((file) => file.lanes.some((lane) => lanes.includes(lane)));
  mkdirSync(join(repository, "build"), { recursive: true });
  // Compiled tests are inside the repository, where packages are found; both directories are unique to this run.
  const scripts = mkdtempSync(join(repository, "build", "tests-"));
  const directory = mkdtempSync(join(tmpdir(), "runt-test-"));
  chmodSync(directory, 0o711);
  const name = `runt-test-${process.pid}-${Date.now().toString(36)}`;
  const clean = (): void => [scripts, directory].forEach((path) => rmSync(path, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      killAll();
      removeCgroups(name);
      clean();
      process.exit(1);
    });
  }
  const paths = files.map((file) => file.path);
  const compiled = await compileTests(repository, scripts, paths);
  const run: Run = { repository, directory, name, compiled, deadline };
  const jobs = lanes.flatMap((lane) =>
    lane === "uml" ? [] : files.filter((file) => file.lanes.includes(lane)).map((file) => ({ lane, file })),
  );
  try {
    await runJobs(run, jobs, Math.max(1, Number(values.jobs ?? 2)));
  } finally {
    clean();
  }
  if (outcomes.length === 0) report(failedOutcome("", positionals[0] ?? "", "no such test"));
  process.stdout.write(`\n${summarize(outcomes)}\n`);
  process.exitCode = outcomes.some((outcome) => outcome.failures.length > 0) ? 1 : 0;
}

await main();
