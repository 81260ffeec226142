// SPDX-License-Identifier: Apache-2.0
/**
 * Finding the program in the container, when it is created: a wrong name is told before `start`.
 *
 * The texts are those of Go's os/exec, because engines turn them into exit codes: "executable file not found in $PATH" and
 * "no such file or directory" into 127, "permission denied" into 126.
 */
import { errnoText, isErrno } from "../linux/errors.ts";
import { AT_EACCESS, access, stat, X_OK } from "../linux/stat.ts";
import { executableCandidates } from "./search-path.ts";

/** Why a file cannot be executed by this process; undefined when it can. */
function obstacle(path: string): string | undefined {
  try {
    if (stat(path).type === "directory") return "is a directory: permission denied";
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    return `stat ${path}: ${errnoText(cause.errno)}`;
  }
  try {
    access(path, X_OK, undefined, AT_EACCESS);
    return undefined;
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    return errnoText(cause.errno);
  }
}

/**
 * In init, inside the new root, as the user and in the working directory of the process: the path of `name`.
 *
 * Throws `exec: "foo": executable file not found in $PATH`, or what keeps a name with a "/" from being executed.
 */
export function findExecutable(name: string, env: readonly string[]): string {
  const quoted = JSON.stringify(name);
  if (name === "") throw new Error(`exec: "": executable file not found in $PATH`);
  if (name.includes("/")) {
    const problem = obstacle(name);
    if (problem === undefined) return name;
    throw new Error(`exec: ${quoted}: ${problem}`);
  }
  const found = executableCandidates(name, env).find((path) => obstacle(path) === undefined);
  if (found === undefined) throw new Error(`exec: ${quoted}: executable file not found in $PATH`);
  return found;
}
