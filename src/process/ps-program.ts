// SPDX-License-Identifier: Apache-2.0
/** Asking the host's ps(1). */
import { within } from "../linux/errors.ts";
import { describeExit } from "../linux/process.ts";
import { spawn } from "../linux/spawn.ts";
import { isExecutable } from "../linux/stat.ts";
import { selectLines } from "./ps-table.ts";
import { executableCandidates } from "./search-path.ts";

const timeoutMs = 30_000;
const outputLimit = 16 * 1024 * 1024;

/** Runs `ps ARGS` and returns its heading and the lines of `pids`. */
export function listProcesses(pids: readonly number[], args: readonly string[], path: string | undefined): string {
  const env = [`PATH=${path ?? "/usr/bin:/bin"}`];
  return within("list processes with ps", () => {
    const result = spawn(findPs(env), { args: ["ps", ...args], env, timeout: timeoutMs, outputLimit });
    if ("code" in result.status && result.status.code === 0) return selectLines(result.stdout, pids);
    throw new Error(`${describeExit(result.status)}: ${result.stderr.trim()}`);
  });
}

function findPs(env: readonly string[]): string {
  const found = executableCandidates("ps", env).find(isExecutable);
  if (found === undefined) throw new Error('there is no ps on this host (package procps); "--format json" needs none');
  return found;
}
