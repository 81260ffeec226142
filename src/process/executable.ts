// SPDX-License-Identifier: Apache-2.0
/**
 * Finding the program in the container, when it is created: a wrong name is told before `start`.
 *
 * The texts are those of Go's os/exec, because engines turn them into exit codes: "executable file not found in $PATH" and
 * "no such file or directory" into 127, "permission denied" into 126.
 */
import { errnoName, errnoText, HintedError, isErrno } from "../linux/errors.ts";
import { O_DIRECTORY, O_PATH, openFile } from "../linux/file.ts";
import { accessErrno, X_OK } from "../linux/stat.ts";
import { executableCandidates } from "./search-path.ts";

/** The program cannot be executed in the container. */
export class ProgramError extends HintedError {
  readonly code = "exec-failed";
}

/** Whether a file that can be reached is a directory; without stat(2), which the container's filter may forbid by now. */
function isDirectory(path: string): boolean {
  try {
    openFile(path, O_PATH | O_DIRECTORY).close();
    return true;
  } catch (error) {
    if (isErrno(error)) return false; // ENOTDIR, as a rule
    throw error;
  }
}

/** Why a file cannot be executed by this process; undefined when it can. */
function obstacle(path: string): string | undefined {
  const outcome = accessErrno(path, X_OK);
  if (outcome === 0) return isDirectory(path) ? "is a directory: permission denied" : undefined;
  const words = errnoText(-outcome);
  return ["EACCES", "EPERM"].includes(errnoName(-outcome)) ? words : `stat ${path}: ${words}`;
}

/** The same as a bare answer, for a search. */
function canExecute(path: string): boolean {
  return accessErrno(path, X_OK) === 0 && !isDirectory(path);
}

/**
 * In init, inside the new root, as the user and in the working directory of the process: the path of `name`.
 *
 * Throws `exec: "foo": executable file not found in $PATH`, or what keeps a name with a "/" from being executed.
 */
export function findExecutable(name: string, env: readonly string[]): string {
  const quoted = JSON.stringify(name);
  if (name === "") throw new ProgramError(`exec: "": executable file not found in $PATH`);
  if (name.includes("/")) {
    const problem = obstacle(name);
    if (problem === undefined) return name;
    throw new ProgramError(`exec: ${quoted}: ${problem}`);
  }
  const found = executableCandidates(name, env).find(canExecute);
  if (found === undefined) throw new ProgramError(`exec: ${quoted}: executable file not found in $PATH`);
  return found;
}
