// SPDX-License-Identifier: Apache-2.0
/** Environments, and where a program may be by its PATH. Pure. environ(7) */

/** What the C library searches when there is no PATH at all. execvp(3) */
const DEFAULT_PATH = "/bin:/usr/bin";

/** The value of a variable in an environment; the last one counts. */
export function environmentValue(env: readonly string[], name: string): string | undefined {
  const start = `${name}=`;
  return env.findLast((entry) => entry.startsWith(start))?.slice(start.length);
}

/** The files that `name` may be, in the order of the search. An empty part of PATH is the current directory. */
export function executableCandidates(name: string, env: readonly string[]): string[] {
  if (name.includes("/")) return [name];
  const path = environmentValue(env, "PATH") ?? DEFAULT_PATH;
  return path.split(":").map((directory) => `${directory === "" ? "." : directory}/${name}`);
}
