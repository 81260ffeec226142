// SPDX-License-Identifier: Apache-2.0
/** The lanes that run in a guest: one boot each, with all files of the lane one after another. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.ts";
import type { ChildResult } from "./child.ts";
import { compileTests } from "./compile.ts";
import type { Compiled } from "./compile.ts";
import type { GuestLane, TestFile, VmLane } from "./files.ts";
import { VM_LANES } from "./files.ts";
import { GUEST_KERNEL, bootOnHost, bootOnImage, bootSystemd, findGuestKernel, quote } from "./guest.ts";
import type { Boot } from "./guest.ts";
import { guestImage } from "./guest-image.ts";
import { failedOutcome, outcomeOf, skippedOutcome } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { prepareVm } from "./vm.ts";

/** A guest's system calls are slow; the limits of test files are stretched by this. */
const STRETCH = 3;
/** And by this where the processor is emulated. */
const VM_STRETCH = 6;
/** Seconds for a guest from its boot to its end, and to the beginning of the first test. */
const GUEST_LIMIT = 600;
/** The same with engines, each of which is driven with two runtimes. */
const CLUSTER_LIMIT = 900;
/** What the cases of a CRI-O take, where one is given. */
const CRIO_LIMIT = 450;
const BOOT_LIMIT = 90;

function guestLimit(lane: GuestLane): number {
  if (lane !== "cluster") return GUEST_LIMIT;
  return CLUSTER_LIMIT + ((process.env["CRIO"] ?? "") === "" ? 0 : CRIO_LIMIT);
}

export interface GuestRun {
  readonly repository: string;
  /** Seen by host and guest at the same path, so not below /tmp's or /run's mounts of the guest. */
  readonly directory: string;
  readonly name: string;
  readonly secondsLeft: number;
  readonly compiled: ReadonlyMap<string, Compiled>;
}

interface Script {
  readonly file: TestFile;
  readonly script: string;
  readonly limit: number;
}

const bootedFile = (run: GuestRun): string => join(run.directory, "booted");

/** What the file of this index tells beside its TAP, of engines. */
export const guestReport = (directory: string, index: number): string => join(directory, `${index}.report`);

const hasEnded = (run: GuestRun, index: number): boolean => existsSync(join(run.directory, `${index}.rc`));

/** What the guest does: it runs each script that has not run yet with a limit and keeps the results on the host's disk. */
function guestScript(lane: GuestLane, run: GuestRun, scripts: readonly Script[]): string {
  const lines = [
    `export TAP_TIMEOUT=0 RUNT_TEST_LANE=${lane} RUNT_TEST_REPOSITORY=${quote(run.repository)} NODE_OPTIONS=--enable-source-maps`,
    ...["RUNTIME", "CRIO"].flatMap((name) => {
      const value = process.env[name] ?? "";
      return value === "" ? [] : [`export ${name}=${quote(value)}`];
    }),
    `cd ${quote(run.repository)}`,
    `echo booted > ${quote(bootedFile(run))}`,
  ];
  scripts.forEach(({ script, limit }, index) => {
    const base = join(run.directory, String(index));
    if (hasEnded(run, index)) return;
    lines.push(
      `begin=$(date +%s); export RUNT_TEST_NAME=${quote(`${run.name}-u${index}`)}`,
      `export RUNT_TEST_REPORT=${quote(guestReport(run.directory, index))}`,
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

function isVm(lane: GuestLane): lane is VmLane {
  return VM_LANES.some((vm) => vm === lane);
}

type Start = (guest: Boot) => Promise<ChildResult>;

/** How the lane's guest is booted, or why it cannot be. */
async function prepareGuest(lane: GuestLane, run: GuestRun): Promise<Start | string> {
  if (isVm(lane)) return prepareVm(lane, run);
  const kernel = findGuestKernel();
  if (kernel === undefined) return `${GUEST_KERNEL} is not installed`;
  const probe = await runChild([kernel, "--version"], { timeout: 20, env: process.env });
  if (probe.code !== 0)
    return `${GUEST_KERNEL} does not start here: ${(probe.stderr + probe.stdout).trim().split("\n").at(-1) ?? ""}`;
  if (lane === "uml") return (guest) => bootOnHost({ ...guest, kernel });
  const image = await guestImage(run.repository, join(run.directory, "image"));
  if ("skip" in image) return image.skip;
  const onImage = { kernel, image: image.path, share: run.repository };
  if (lane === "systemd")
    return (guest) => bootSystemd({ ...guest, ...onImage, parameters: ["security=apparmor", "apparmor=1"] });
  if (lane === "cluster") return (guest) => bootSystemd({ ...guest, ...onImage, parameters: [] });
  return (guest) => bootOnImage({ ...guest, ...onImage, parameters: ["security=selinux", "selinux=1", "enforcing=0"] });
}

/** Aborts when the guest has not got to its first test in time. */
function watchBoot(run: GuestRun): { giveUp: AbortSignal; stop: () => void } {
  const giveUp = new AbortController();
  const timer = setTimeout(() => {
    if (!existsSync(bootedFile(run))) giveUp.abort();
  }, BOOT_LIMIT * 1000);
  return { giveUp: giveUp.signal, stop: () => clearTimeout(timer) };
}

/** The compiled tests for the lane. */
async function compiledFor(lane: GuestLane, run: GuestRun, files: readonly TestFile[]): Promise<ReadonlyMap<string, Compiled>> {
  if (!isVm(lane)) return run.compiled;
  const paths = files.map((file) => file.path);
  return compileTests({ repository: run.repository, outdir: `${run.directory}-tests`, whole: true }, paths);
}

/** What the guest's kernel said of its end. */
function lastLines({ stdout, stderr }: ChildResult): string {
  const lines = `${stdout}\n${stderr}`.trim().split("\n");
  const fatal = lines.filter((line) => /BUG:|Oops|RIP:|Comm:|panic/.test(line));
  return (fatal.length > 0 ? fatal : lines.slice(-8)).join("\n");
}

/** A kernel that ends by a signal, or says so, has panicked. A test cannot make a sound one do that; some do by themselves. */
function hasCrashed(guest: ChildResult): boolean {
  return !guest.timedOut && (guest.signal !== undefined || guest.stdout.includes("Kernel panic"));
}

/** Boots the guest for the scripts; once more for the rest of them where its kernel crashes. */
async function runScripts(lane: GuestLane, run: GuestRun, start: Start, scripts: readonly Script[]): Promise<ChildResult> {
  const end = performance.now() + Math.min(guestLimit(lane), run.secondsLeft) * 1000;
  for (let attempt = 1; ; attempt++) {
    const watch = watchBoot(run);
    const limit = (end - performance.now()) / 1000;
    const script = guestScript(lane, run, scripts);
    const guest = await start({ init: join(run.directory, "init"), script, limit, giveUp: watch.giveUp });
    watch.stop();
    if (attempt === 2 || !hasCrashed(guest) || !existsSync(bootedFile(run))) return guest;
    process.stdout.write(`     the ${lane} guest is booted again, its kernel crashed: ${lastLines(guest)}\n`);
  }
}

/** Boots once, runs all `files` in the guest, and tells the outcome of each. */
export async function runGuestLane(lane: GuestLane, run: GuestRun, files: readonly TestFile[]): Promise<Outcome[]> {
  const skipAll = (reason: string): Outcome[] => files.map((file) => skippedOutcome(lane, file.path, reason));
  if (process.getuid?.() !== 0) return skipAll("needs root");

  mkdirSync(run.directory, { recursive: true });
  const compiled = await compiledFor(lane, run, files);
  const stretch = isVm(lane) ? VM_STRETCH : STRETCH;
  const ready = files.flatMap((file) => {
    const entry = compiled.get(file.path);
    return entry && "script" in entry ? [{ file, script: entry.script, limit: file.timeout * stretch }] : [];
  });
  const start = await prepareGuest(lane, run);
  if (typeof start === "string") return skipAll(start);
  const guest = await runScripts(lane, run, start, ready);
  if (!existsSync(bootedFile(run))) return skipAll(`the ${lane} guest does not boot here: ${lastLines(guest)}`);
  return files.map((file) => {
    const index = ready.findIndex((entry) => entry.file === file);
    const entry = ready[index];
    if (!entry) {
      const broken = compiled.get(file.path);
      return failedOutcome(lane, file.path, "does not compile", broken && "error" in broken ? broken.error : "");
    }
    if (!hasEnded(run, index) && hasCrashed(guest))
      return skippedOutcome(lane, file.path, `the guest's kernel crashed (some are known to): ${lastLines(guest)}`);
    if (!hasEnded(run, index) && !guest.timedOut)
      return failedOutcome(lane, file.path, "the guest ended before this file did", lastLines(guest));
    return outcomeOf(lane, file.path, resultOf(join(run.directory, String(index))), entry.limit);
  });
}
