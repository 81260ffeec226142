// SPDX-License-Identifier: Apache-2.0
/**
 * The frame of the engines lane (`make test-engines`): real engines drive the runtime under test, and the same cases are run with runc.
 *
 * - A file in `test/engines/ENGINE/` starts with `// @lanes engines @timeout SECONDS` and calls `compare()` once, with its cases and
 *   with a function that opens the engine for one runtime: a fresh daemon, data root and image (`daemon.ts`, `image.ts`).
 * - It runs in pid, mount, network, uts and ipc namespaces of its own with an empty `/run` and a private `/etc`, so that bridges, ports,
 *   firewall rules and sockets meet nobody's, and nothing outlives it. What it must name itself after `runName` is its cgroup parent.
 * - A case throws (`node:assert`, or what a command says) when it fails. A case that fails with runt and passes with runc is a failed
 *   test; one that fails with both is skipped, for it is the machine that lacks something.
 * - The runner sums up the reports of all files in a table and in build/engines.json.
 */
import { existsSync } from "node:fs";
import t from "tap";
import { findProgram, runtime } from "../../lib/lane.ts";
import { Report } from "./report.ts";

/** A runtime that an engine is driven with. */
export interface Runtime {
  readonly name: string;
  readonly path: string;
}

/** An engine that is set up with one runtime. */
export interface Engine {
  /** Undoes what a case left: containers, volumes, networks. */
  reset(): void | Promise<void>;
  /** Ends daemons and unmounts; called once, whatever happened. */
  dispose(): void | Promise<void>;
}

export interface Case<E> {
  readonly name: string;
  readonly run: (engine: E) => void | Promise<void>;
}

export interface Comparison<E> {
  /** Name and version, the line of the table, e.g. "Docker 20.10.24". */
  readonly engine: string;
  /** Programs without which there is nothing to test; runc is one more. */
  readonly needs: readonly string[];
  readonly open: (runtime: Runtime) => E | Promise<E>;
  readonly cases: readonly Case<E>[];
}

/** What engines of this lane are compared with. */
export const reference: Runtime = { name: "runc", path: findProgram("runc") ?? "runc" };
/** The runtime under test; `RUNTIME=/path/to/another` puts another in its place. */
export const tested: Runtime = { name: "runt", path: runtime };

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function attempt<E extends Engine>(engine: E, entry: Case<E>): Promise<string | undefined> {
  try {
    await entry.run(engine);
    return undefined;
  } catch (error) {
    return reason(error);
  } finally {
    await engine.reset();
  }
}

/** Runs the cases one by one with a fresh engine; `each` hears of every verdict at once. */
async function runAll<E extends Engine>(
  comparison: Comparison<E>,
  runtime: Runtime,
  each: (name: string, problem: string | undefined) => void,
): Promise<void> {
  const engine = await comparison.open(runtime);
  try {
    for (const entry of comparison.cases) each(entry.name, await attempt(engine, entry));
  } finally {
    await engine.dispose();
  }
}

/** Says that the file cannot run here, and why. */
export function skipFile(why: string): void {
  t.plan(0, `skip ${why}`); // the word makes it a skip for whoever reads TAP
}

/** Says that the file cannot run here, when a program is missing. */
export function skipWithout(programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !existsSync(findProgram(program) ?? ""));
  if (missing.length > 0) skipFile(`not installed: ${missing.join(", ")}`);
  return missing.length > 0;
}

/** Runs all cases with runc, then with the runtime under test, which must pass what runc passes. */
export async function compare<E extends Engine>(comparison: Comparison<E>): Promise<void> {
  if (skipWithout([...comparison.needs, reference.path])) return;
  const theirs = new Map<string, string | undefined>();
  try {
    await runAll(comparison, reference, (name, problem) => theirs.set(name, problem));
  } catch (error) {
    skipFile(`the machine: ${comparison.engine} does not work here: ${oneLine(reason(error))}`);
    return;
  }
  const report = new Report(comparison.engine);
  await runAll(comparison, tested, (name, problem) => {
    const theirProblem = theirs.get(name);
    report.addCase(name, { [tested.name]: problem === undefined, [reference.name]: theirProblem === undefined });
    if (problem === undefined) t.pass(name);
    else if (theirProblem === undefined) t.fail(name, { problem, "with runc": "passes" });
    else t.pass(name, { skip: `the machine: fails with runc too: ${oneLine(theirProblem)}` });
  });
}

/** As much of an error as the reason of a skip can hold. */
function oneLine(text: string): string {
  return text.replaceAll("#", "").replace(/\s+/g, " ").trim().slice(0, 300);
}
