// SPDX-License-Identifier: Apache-2.0
/** The runtime with fault injection: what its processes call, and making one of those calls fail. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Container, stateNames } from "./container.ts";
import { repository, temporary } from "./lane.ts";
import type { Result } from "./run.ts";

export const faultyRuntime = join(repository, "build/runt-faults");

/** One call that a process of the runtime made: the process's role, the call's number there, its name. */
export interface Call {
  readonly role: string;
  readonly number: number;
  readonly name: string;
}

/** All calls that `action` makes on `c`, by the log of the faulty runtime. */
export function callsOf(action: (env: NodeJS.ProcessEnv) => void): Call[] {
  const log = join(temporary, "calls");
  rmSync(log, { force: true });
  action({ ...process.env, RUNT_FAULT_LOG: log });
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  return text
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [role = "", number = "", name = ""] = line.split(" ");
      return { role, number: Number(number), name };
    });
}

/** An environment in which `call` fails with `errno`, or kills its process. */
export function failing(call: Call, errno: number | "kill"): NodeJS.ProcessEnv {
  return { ...process.env, RUNT_FAULT: `${call.role}:${call.number}:${errno}` };
}

/** An environment in which the first call of that name, in the process with that role, fails with `errno`. */
export function failingFirst(role: string, name: string, errno: number): NodeJS.ProcessEnv {
  return { ...process.env, RUNT_FAULT: `${role}:${name}:${errno}` };
}

/** What a container left behind after `delete --force`, in words; empty when nothing. */
export function leftovers(c: Container, cgroups: readonly string[], processes: readonly number[]): string[] {
  const found: string[] = [];
  for (const name of stateNames(c)) found.push(`${name} in the state directory`);
  for (const path of cgroups) found.push(`the cgroup ${path}`);
  if (processes.length > 0) found.push(`the processes ${processes.join(" ")}`);
  if (readFileSync("/proc/self/mountinfo", "utf8").includes(c.directory)) found.push("a mount");
  return found;
}

/** Of calls with one name in one process, this many are tried: the first ones and the last ones. */
const PER_NAME = 6;

/** The calls worth trying: for every role and name a few from both ends. */
export function sample(calls: readonly Call[], perName = PER_NAME): Call[] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = `${call.role} ${call.name}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()].flatMap((group) =>
    group.length <= perName ? group : [...group.slice(0, perName / 2), ...group.slice(-perName / 2)],
  );
}

/** An errno's number, or the death of the process. */
export type Fault = number | "kill";

export const EIO = 5;
export const ENOMEM = 12;

/** What is wrong with how a command with a fault ended, in words: it hangs, says nothing, or says what only its authors understand. */
export function badEnding(result: Result, fault: Fault, failureCode = 1): string[] {
  const { code, stderr, timedOut } = result;
  if (timedOut) return ["hangs"];
  const problems: string[] = [];
  if (code !== 0 && code !== failureCode && fault !== "kill") problems.push(`exit code ${code ?? "none"}`);
  if (code !== 0 && fault !== "kill" && !/[a-z]/.test(stderr)) problems.push(`no message, code ${code ?? "none"}`);
  if (/TypeError|ReferenceError|RangeError|SyntaxError|InternalError|undefined is not|\bat <anonymous>/.test(stderr))
    problems.push(stderr);
  const said = stderr.split("\n").filter((line) => line !== "" && !/^hint: |level=warning|^warning: /.test(line));
  if (code !== 0 && fault !== "kill" && said.length > 1) problems.push(`${said.length} messages: ${stderr}`);
  return problems;
}

export interface Walk {
  readonly calls: readonly Call[];
  readonly faults: readonly Fault[];
  /** Runs the command with a fault and tells what is wrong after it. */
  readonly step: (env: NodeJS.ProcessEnv, fault: Fault, call: Call) => string[];
}

/** Every call fails once in every way. Returns what is wrong, at most a dozen of it. */
export function walk({ calls, faults, step }: Walk): string[] {
  const problems: string[] = [];
  for (const fault of faults) {
    for (const call of calls) {
      const where = `${call.role} ${call.number} ${call.name}, ${fault}`;
      problems.push(...step(failing(call, fault), fault, call).map((what) => `${where}: ${what}`));
      if (problems.length > 12) return problems;
    }
  }
  return problems;
}
