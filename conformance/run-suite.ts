// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a built opencontainers/runtime-tools validation suite against a runtime and prints a table, file by file.
 *
 * usage: node --import tsx conformance/run-suite.ts SUITE_DIRECTORY RUNTIME [FILTER]
 *
 * An assertion that fails is a failure unless `known-suite-defects.json` names it with a proof that the suite, not the runtime,
 * is wrong; a defect listed there that does not occur any more is a failure too, so that the list cannot rot.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { assertions, judge, type FileResult, type KnownDefect } from "./verdict.ts";

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

function runFile(suite: string, runtime: string, file: string): FileResult {
  const result = spawnSync(file, [], {
    cwd: suite,
    env: { ...process.env, RUNTIME: runtime },
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

function main(arguments_: readonly string[]): number {
  const [suiteArgument, runtimeArgument, filter = ""] = arguments_;
  if (suiteArgument === undefined || runtimeArgument === undefined) {
    process.stderr.write("usage: run-suite.ts SUITE_DIRECTORY RUNTIME [FILTER]\n");
    return 2;
  }
  const suite = resolve(suiteArgument);
  const runtime = resolve(runtimeArgument);
  const defects = JSON.parse(readFileSync(new URL("known-suite-defects.json", import.meta.url), "utf8")) as KnownDefect[];
  const totals = { clean: 0, files: 0, passed: 0, failed: 0, excused: 0 };
  process.stdout.write(`${"file".padEnd(34)} passed failed excused\n`);
  for (const file of suiteFiles(suite).filter((name) => name.includes(filter))) {
    const verdict = judge(runFile(suite, runtime, file), defects);
    totals.files += 1;
    totals.passed += verdict.passed;
    totals.failed += verdict.failures.length;
    totals.excused += verdict.excused.length;
    if (verdict.failures.length === 0) totals.clean += 1;
    const numbers = [verdict.passed, verdict.failures.length, verdict.excused.length]
      .map((count) => String(count).padStart(6))
      .join(" ");
    process.stdout.write(`${verdict.name.padEnd(34)} ${numbers}\n`);
    for (const failure of verdict.failures) process.stdout.write(`    ${failure}\n`);
  }
  process.stdout.write(
    `${totals.clean} of ${totals.files} files clean, ${totals.excused} assertions excused as defects of the suite\n`,
  );
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
