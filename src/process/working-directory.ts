// SPDX-License-Identifier: Apache-2.0
/** The working directory of the process. config.md, "cwd" */
import { isErrno, within } from "../linux/errors.ts";
import { chdir, currentDirectoryPath } from "../linux/process.ts";

/**
 * In init, inside the new root: enters `cwd`. Called before the user change with `canRetry`, and, when that returned false,
 * once more after it: root may lack access to a home directory on a network file system that its user has.
 *
 * Throws when the directory turns out to lie outside the container's root, as a magic link to a leaked descriptor would lead
 * (CVE-2024-21626).
 */
export function enterWorkingDirectory(cwd: string, canRetry: boolean): boolean {
  try {
    within(`chdir to cwd ${JSON.stringify(cwd)} set in config.json`, () => chdir(cwd));
  } catch (error) {
    if (canRetry && error instanceof Error && isErrno(error.cause, "EACCES", "EPERM")) return false;
    throw error;
  }
  checkWorkingDirectory();
  return true;
}

/** Right before execve(2) once more: the directory is inside the root. */
export function checkWorkingDirectory(): void {
  let path: string;
  try {
    path = currentDirectoryPath();
  } catch (cause) {
    throw lostDirectory(cause);
  }
  if (!path.startsWith("/")) {
    throw new Error(`current working directory ${JSON.stringify(path)} is outside of the container's root`);
  }
}

/** What checkWorkingDirectory() throws when getcwd(2) fails like that. */
export function lostDirectory(cause: unknown): Error {
  return new Error("current working directory is outside of the container's root, or was removed", { cause });
}
