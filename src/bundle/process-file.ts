// SPDX-License-Identifier: Apache-2.0
/** The file of `exec --process`: one process object. config.md, "Process" */
import { within } from "../linux/errors.ts";
import { readFile } from "../linux/file.ts";
import type { Process } from "../spec/types.ts";
import { parseProcess } from "../spec/validate.ts";

/** Reads and checks it. Throws what the file system says, or SpecError with every problem. */
export function readProcessFile(path: string): Process {
  const text = within("read the process file", () => readFile(path, 16 * 1024 * 1024));
  return parseProcess(text, path);
}
