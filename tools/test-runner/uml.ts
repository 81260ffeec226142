// SPDX-License-Identifier: Apache-2.0
/** The uml lane: one boot of a user-mode-linux kernel, which has cgroup v2 controllers whatever the host has. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.ts";
import type { ChildResult } from "./child.ts";
import type { Compiled } from "./compile.ts";
import type { TestFile } from "./files.ts";
import { GUEST_KERNEL, bootGuest, findGuestKernel, quote } from "./guest.ts";
import { failedOutcome, outcomeOf, skippedOutcome } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

/** A guest's system calls are slow; the limits of test files are stretched by this, and the whole boot has its own. */
const STRETCH = 3;
const BOOT_LIMIT = 420;

export interface UmlRun {
  readonly repository: string;
  /** Seen by host and guest at the same path, so not below /tmp's or /run's mounts of the guest. */
  readonly directory: string;
  readonly name: string;
  readonly secondsLeft: number;
}

/** What the guest does: it runs each script with a limit and keeps the results on the host's disk. */
function guestScript(run: UmlRun, scripts: readonly { script: string; limit: number }[]): string {
  const lines = [
    `export TAP_TIMEOUT=0 RUNT_TEST_LANE=uml RUNT_TEST_REPOSITORY=${quote(run.repository)} NODE_OPTIONS=--enable-source-maps`,
    ...(process.env["RUNTIME"] === undefined ? [] : [`export RUNTIME=${quote(process.env["RUNTIME"])}`]),
    `cd ${quote(run.repository)}`,
    `echo booted > ${quote(join(run.directory, "booted"))}`,
  ];
  scripts.forEach(({ script, limit }, index) => {
    const base = join(run.directory, String(index));
    lines.push(
      `begin=$(date +%s); export RUNT_TEST_NAME=${quote(`${run.name}-u${index}`)}`,
      `timeout -s KILL ${limit} node ${quote(script)} >${quote(`${base}.out`)} 2>${quote(`${base}.err`)}`,
      `echo "$? $(($(date +%s) - begin))" >${quote(`${base}.rc`)}`,
    );
  });
  return lines.join("\n");
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** What the guest left for one script; undefined when it did not get to its end. */
function resultOf(base: string): ChildResult {
  const [code = "", seconds = ""] = read(`${base}.rc`).trim().split(" ");
  const killed = code === "137" || code === "";
  return {
    stdout: read(`${base}.out`),
    stderr: read(`${base}.err`),
    code: code === "" ? undefined : Number(code),
    signal: killed ? "SIGKILL" : undefined,
    timedOut: killed,
    seconds: Number(seconds),
  };
}

/** Boots once, runs all `files` in the guest, and tells the outcome of each. */
export async function runUmlLane(
  run: UmlRun,
  files: readonly TestFile[],
  compiled: ReadonlyMap<string, Compiled>,
): Promise<Outcome[]> {
  const kernel = findGuestKernel();
  const skipAll = (reason: string): Outcome[] => files.map((file) => skippedOutcome("uml", file.path, reason));
  if (kernel === undefined) return skipAll(`${GUEST_KERNEL} is not installed`);
  if (process.getuid?.() !== 0) return skipAll("needs root");
  const probe = await runChild([kernel, "--version"], { timeout: 20, env: process.env });
  if (probe.code !== 0)
    return skipAll(`${GUEST_KERNEL} does not start here: ${(probe.stderr + probe.stdout).trim().split("\n").at(-1) ?? ""}`);

  mkdirSync(run.directory, { recursive: true });
  const ready = files.flatMap((file) => {
    const entry = compiled.get(file.path);
    return entry && "script" in entry ? [{ file, script: entry.script, limit: file.timeout * STRETCH }] : [];
  });
  const boot = await bootGuest(
    kernel,
    join(run.directory, "init"),
    guestScript(run, ready),
    Math.min(BOOT_LIMIT, run.secondsLeft),
  );
  if (!existsSync(join(run.directory, "booted"))) {
    const last = `${boot.stdout}\n${boot.stderr}`.trim().split("\n").slice(-8).join("\n");
    return skipAll(`the ${GUEST_KERNEL} kernel does not boot here: ${last}`);
  }
  // A kernel that ends by a signal has panicked. A test cannot make a sound one do that; some packaged ones do by themselves.
  const crashed = !boot.timedOut && boot.signal !== undefined;
  return files.map((file) => {
    const index = ready.findIndex((entry) => entry.file === file);
    const entry = ready[index];
    if (!entry) {
      const broken = compiled.get(file.path);
      return failedOutcome("uml", file.path, "does not compile", broken && "error" in broken ? broken.error : "");
    }
    const base = join(run.directory, String(index));
    if (crashed && !existsSync(`${base}.rc`))
      return skippedOutcome("uml", file.path, "the guest's kernel crashed (some are known to)");
    return outcomeOf("uml", file.path, resultOf(base), entry.limit);
  });
}
