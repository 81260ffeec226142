// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a built opencontainers/runtime-tools validation suite against a runtime and prints a table, file by file.
 *
 * usage: node --import tsx conformance/run-suite.ts SUITE_DIRECTORY RUNTIME [FILTER]
 *
 * With RESULTS=FILE in the environment, what each file says is put into FILE for docs/CONFORMANCE.md, beside that of other runtimes.
 *
 * What fails is a failure unless `excuses.json` names it with a proof: the suite is wrong, the machine lacks what it needs, or runt
 * differs on purpose. An excuse that nothing needs any more is a failure too, so that the list cannot rot.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileRow, mergeResults, type FileRow, type SuiteResults } from "./results.ts";
import { assertions, judge, type Excuse, type FileResult, type Reason, type Verdict } from "./verdict.ts";

/** A file of the suite that takes longer than this hangs. */
const fileTimeoutMs = 120_000;

function suiteFiles(suite: string): string[] {
  const validation = join(suite, "validation");
  if (!existsSync(validation))
    throw new Error(`${JSON.stringify(suite)} is no runtime-tools tree: it has no "validation" directory`);
  const files = readdirSync(validation, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(validation, entry.name, `${entry.name}.t`))
    .filter((file) => existsSync(file));
  if (files.length === 0)
    throw new Error(`no test of ${JSON.stringify(validation)} is built: run "make runtimetest validation-executables" there`);
  return files;
}

/** `scratch` is where the suite puts its bundles. */
function runFile(suite: string, runtime: string, scratch: string, file: string): FileResult {
  const result = spawnSync(file, [], {
    cwd: suite,
    env: { ...process.env, RUNTIME: runtime, TMPDIR: scratch },
    encoding: "utf8",
    timeout: fileTimeoutMs,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const problem = result.error === undefined ? "" : result.error.message;
  return {
    name: basename(file, ".t"),
    status: result.status,
    problem,
    stderr: result.stderr,
    assertions: assertions(result.stdout),
  };
}

/** The suite leaves bundles and mounts in them behind. What cannot be unmounted stays, and so do the files below it. */
function removeScratch(scratch: string): void {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${scratch}/`));
  for (const mount of mounts.reverse()) spawnSync("umount", [mount]);
  spawnSync("rm", ["-rf", "--one-file-system", scratch]);
}

const reasons: Readonly<Record<Reason, string>> = {
  suite: "the suite is wrong",
  machine: "the machine lacks it",
  deviation: "runt differs on purpose",
};

class Totals {
  files = 0;
  clean = 0;
  passed = 0;
  failed = 0;
  readonly excused: Record<Reason, number> = { suite: 0, machine: 0, deviation: 0 };

  add(verdict: Verdict): void {
    this.files += 1;
    if (verdict.failures.length + verdict.unneeded.length === 0) this.clean += 1;
    this.passed += verdict.passed;
    this.failed += verdict.failures.length + verdict.unneeded.length;
    for (const { excuse, failures } of verdict.excused) this.excused[excuse.reason] += failures.length;
  }

  get text(): string {
    const { suite, machine, deviation } = this.excused;
    return (
      `${this.clean} of ${this.files} files clean; ${this.passed} assertions passed, ${this.failed} failed, ` +
      `${suite + machine + deviation} excused (${suite} where ${reasons.suite}, ${machine} where ${reasons.machine}, ` +
      `${deviation} where ${reasons.deviation})\n`
    );
  }
}

function describe(verdict: Verdict): string {
  const excused = verdict.excused.reduce((sum, { failures }) => sum + failures.length, 0);
  const numbers = [verdict.passed, verdict.failures.length, excused].map((count) => String(count).padStart(7)).join("");
  const lines = [`${verdict.name.padEnd(34)}${numbers}`];
  for (const failure of verdict.failures) lines.push(`    FAILED: ${failure}`);
  for (const what of verdict.unneeded) lines.push(`    FAILED: is excused, and does not fail: ${what}`);
  for (const { excuse, failures } of verdict.excused) {
    const where = excuse.machine === undefined ? "" : ` (${excuse.machine})`;
    lines.push(`    excused, ${reasons[excuse.reason]}${where}: ${[...new Set(failures)].join("; ")}`, `        ${excuse.proof}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The first line of a command's output, e.g. "runc version 1.1.5". */
function firstLine(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout.split("\n")[0] ?? "";
}

/** Puts `files` into the results at `path`. */
function store(path: string, suite: string, runtime: string, files: readonly FileRow[]): void {
  const old = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SuiteResults) : undefined;
  const version = firstLine(runtime, "--version").replace(/^.*version /, "");
  const commit = firstLine("git", "-C", suite, "rev-parse", "--verify", "--quiet", "HEAD");
  const kernel = /^\d+\.\d+/.exec(release())?.[0] ?? "";
  const merged = mergeResults(old, commit, { runtime: basename(runtime), version, kernel, files });
  writeFileSync(path, `${JSON.stringify(merged, null, 2)}\n`);
}

function main(arguments_: readonly string[]): number {
  const [suiteArgument, runtimeArgument, filter = ""] = arguments_;
  const results = process.env["RESULTS"] ?? "";
  if (suiteArgument === undefined || runtimeArgument === undefined || (results !== "" && filter !== "")) {
    process.stderr.write(
      "usage: run-suite.ts SUITE_DIRECTORY RUNTIME [FILTER], with RESULTS=FILE and no FILTER to store the results\n",
    );
    return 2;
  }
  const suite = resolve(suiteArgument);
  const runtime = resolve(runtimeArgument);
  const excuses = JSON.parse(readFileSync(new URL("excuses.json", import.meta.url), "utf8")) as Excuse[];
  const scratch = mkdtempSync(join(tmpdir(), "runt-conformance-"));
  chmodSync(scratch, 0o755); // The root of a user namespace goes through it.
  const totals = new Totals();
  const rows: FileRow[] = [];
  process.stdout.write(`${"file".padEnd(34)} passed failed excused\n`);
  try {
    for (const file of suiteFiles(suite).filter((name) => basename(name).includes(filter))) {
      const verdict = judge(runFile(suite, runtime, scratch, file), excuses);
      totals.add(verdict);
      rows.push(fileRow(verdict));
      process.stdout.write(describe(verdict));
    }
  } finally {
    removeScratch(scratch);
  }
  if (results !== "") store(results, suite, runtime, rows);
  process.stdout.write(totals.text);
  return totals.failed === 0 && totals.files > 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
