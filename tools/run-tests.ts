// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the tests: `run-tests.ts [--lane LANE[,LANE]] [--jobs N] [--deadline SECONDS] [FILTER]`.
 *
 * A file is a process; a file that hangs, crashes or stops early is a failed test. Prints a line a file, the table of the engines
 * (also written to build/engines.json), after a whole run the clauses of the specification that are not proven by it (also written to
 * build/clauses.json), and as the last line `N passed, N failed, N skipped`. Exits 0 only when nothing failed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { removeCgroups } from "./test-runner/cgroups.ts";
import { killAll, runChild } from "./test-runner/child.ts";
import { compileTests } from "./test-runner/compile.ts";
import type { Compiled } from "./test-runner/compile.ts";
import { engineTable, readReport } from "./test-runner/engines.ts";
import type { EngineReport } from "./test-runner/engines.ts";
import { GUEST_LANES, LANES, findTests, parseLanes } from "./test-runner/files.ts";
import type { GuestLane, Lane, TestFile } from "./test-runner/files.ts";
import { guestReport, runGuestLane } from "./test-runner/guest-lane.ts";
import { prepareLane } from "./test-runner/lanes.ts";
import type { LaneState } from "./test-runner/lanes.ts";
import { describeOutcome, failedOutcome, outcomeOf, skippedOutcome, summarize } from "./test-runner/outcome.ts";
import type { Outcome } from "./test-runner/outcome.ts";

interface Job {
  readonly lane: Exclude<Lane, GuestLane>;
  readonly file: TestFile;
}

interface Run {
  readonly repository: string;
  /** Compiled tests; inside build/, where packages are found. */
  readonly scripts: string;
  /** Temporary directories of the tests; unique to this run, and short, for the sake of socket paths. */
  readonly directory: string;
  /** Begins the name of every cgroup and temporary directory of this run. */
  readonly name: string;
  readonly compiled: ReadonlyMap<string, Compiled>;
  /** `performance.now()` after which nothing more is started. */
  readonly deadline: number;
}

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
/** The lanes that all tests of clauses are in. */
const CLAUSE_LANES = ["unit", "host", "v2", "uml"] as const;
const outcomes: Outcome[] = [];
const engineReports: EngineReport[] = [];

function report(outcome: Outcome): void {
  outcomes.push(outcome);
  process.stdout.write(`${describeOutcome(outcome)}\n`);
}

async function runJob(run: Run, state: LaneState, job: Job, number: number): Promise<Outcome> {
  const { lane, file } = job;
  if ("skip" in state) return skippedOutcome(lane, file.path, state.skip);
  if ("broken" in state) return failedOutcome(lane, file.path, `the lane ${lane} cannot be prepared`, state.broken);
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
    TAP_TIMEOUT: "0", // this runner's own limit holds
    NO_COLOR: "1",
    RUNT_TEST_LANE: lane,
    RUNT_TEST_NAME: name,
    RUNT_TEST_REPOSITORY: run.repository,
    RUNT_TEST_REPORT: join(tmp, "report.json"),
    TMPDIR: tmp,
  };
  const child = await runChild([...state.prefix, compiled.script], { timeout: limit, env });
  if (lane === "engines") engineReports.push(...readReport(env.RUNT_TEST_REPORT));
  if (lane !== "unit") removeCgroups(`${name}.`);
  rmSync(tmp, { recursive: true, force: true });
  return outcomeOf(lane, file.path, child, Math.round(limit));
}

/** A step of the run: one file in one lane, or the boot of a guest with all files of its lane. */
type Step = () => Promise<readonly Outcome[]>;

/** Runs the steps in their order, `width` at a time. */
async function runSteps(steps: readonly Step[], width: number): Promise<void> {
  const queue = [...steps];
  const drain = async (): Promise<void> => {
    for (let step = queue.shift(); step; step = queue.shift()) (await step()).forEach(report);
  };
  await Promise.all(Array.from({ length: width }, drain));
}

/** First the guests, which take longest, then file by file; `alone` those files that must have the machine to themselves. */
function planSteps(run: Run, lanes: readonly Lane[], files: readonly TestFile[]): { together: Step[]; alone: Step[] } {
  const states = new Map<Lane, Promise<LaneState>>();
  const of = (lane: Lane): TestFile[] => (lanes.includes(lane) ? files.filter((file) => file.lanes.includes(lane)) : []);
  const jobs = (["arm64", "unit", "host", "v2", "engines"] as const).flatMap((lane) => of(lane).map((file) => ({ lane, file })));
  const steps = jobs.map((job, index) => async (): Promise<Outcome[]> => {
    const state = states.get(job.lane) ?? prepareLane(job.lane, run.repository);
    states.set(job.lane, state);
    return [await runJob(run, await state, job, index + 1)];
  });
  const boots = GUEST_LANES.filter((lane) => of(lane).length > 0).map((lane): Step => {
    return async () => {
      const secondsLeft = (run.deadline - performance.now()) / 1000;
      const directory = join(run.scripts, lane);
      const told = await runGuestLane(lane, { ...run, directory, secondsLeft }, of(lane));
      engineReports.push(...told.flatMap((_, index) => readReport(guestReport(directory, index))));
      return told;
    };
  });
  const select = (alone: boolean): Step[] => steps.filter((_, index) => jobs[index]?.file.alone === alone);
  return { together: [...boots, ...select(false)], alone: select(true) };
}

/** Directories of this run, removed at its end and when it is told to stop. */
function makeDirectories(name: string): { scripts: string; directory: string; clean: () => void } {
  mkdirSync(join(repository, "build"), { recursive: true });
  const scripts = mkdtempSync(join(repository, "build", `${name}-`));
  const directory = mkdtempSync(join(tmpdir(), "runt-test-"));
  chmodSync(directory, 0o711);
  const clean = (): void => {
    for (const path of [scripts, directory]) rmSync(path, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      killAll();
      removeCgroups(name);
      clean();
      process.exit(1);
    });
  }
  return { scripts, directory, clean };
}

/** Says which clauses of the specification have no test that ran, in build/clauses.json, too. Loaded for this alone: it takes long. */
async function reportClauses(): Promise<void> {
  const { readTable } = await import("../conformance/clause-files.ts");
  const { describeUnproven, unprovenClauses } = await import("../conformance/unproven.ts");
  const table = readTable();
  const unproven = unprovenClauses(table, outcomes);
  writeFileSync(join(repository, "build/clauses.json"), `${JSON.stringify(unproven, null, 2)}\n`);
  process.stdout.write(`\n${describeUnproven(table, unproven)}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { lane: { type: "string" }, jobs: { type: "string" }, deadline: { type: "string" } },
    allowPositionals: true,
  });
  const lanes = values.lane === undefined ? LANES : parseLanes(values.lane);
  const deadline = performance.now() + Number(values.deadline ?? 1200) * 1000;
  const filter = positionals[0] ?? "";
  const files = findTests(repository, filter).filter((file) => file.lanes.some((lane) => lanes.includes(lane)));
  const name = process.env["RUNT_TEST_RUN"] ?? `runt-test-${process.pid}-${Date.now().toString(36)}`;
  const { scripts, directory, clean } = makeDirectories(name);
  try {
    const paths = files.map((file) => file.path);
    const compiled = await compileTests({ repository, outdir: scripts }, paths);
    const { together, alone } = planSteps({ repository, scripts, directory, name, compiled, deadline }, lanes, files);
    await runSteps(together, Math.max(1, Number(values.jobs ?? 2)));
    await runSteps(alone, 1);
  } finally {
    clean();
  }
  if (outcomes.length === 0) report(failedOutcome("", filter, "no such test"));
  if (engineReports.length > 0) {
    writeFileSync(join(repository, "build/engines.json"), `${JSON.stringify(engineReports, null, 2)}\n`);
    process.stdout.write(`\n${engineTable(engineReports)}\n`);
  }
  if (filter === "" && CLAUSE_LANES.every((lane) => lanes.includes(lane))) await reportClauses();
  process.stdout.write(`\n${summarize(outcomes)}\n`);
  process.exitCode = outcomes.some((outcome) => outcome.failures.length > 0) ? 1 : 0;
}

await main();
