// SPDX-License-Identifier: Apache-2.0
/** Command line, environment and trace of the program. */
import { duplicate } from "../linux/fd.ts";
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY, openFile } from "../linux/file.ts";
import { startTrace } from "../linux/host.ts";

export { currentDirectoryPath as currentDirectory } from "../linux/process.ts";
export { commandLine, environ, environmentValue, installErrors } from "../linux/host.ts";

/** Well above what a caller hands over or a container is given. */
const traceNumber = 900;

/** Traces every call to a new file from here on. */
export function openTrace(path: string): void {
  using file = openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644);
  startTrace(duplicate(file, traceNumber).release());
}
