// SPDX-License-Identifier: Apache-2.0
/** The runtime with fault injection: what its processes call, and making one of those calls fail. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./container.ts";
import { repository, temporary } from "./lane.ts";

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
  if (existsSync(join(c.stateRoot, c.id))) found.push("its state directory");
  for (const path of cgroups) found.push(`the cgroup ${path}`);
  if (processes.length > 0) found.push(`the processes ${processes.join(" ")}`);
  if (readFileSync("/proc/self/mountinfo", "utf8").includes(c.directory)) found.push("a mount");
  return found;
}
