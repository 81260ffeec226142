// SPDX-License-Identifier: Apache-2.0
/** Texts that a command is given by name. */
import { within } from "../linux/errors.ts";
import { readFd, readFile } from "../linux/file.ts";

const limit = 16 * 1024 * 1024;

/** The text of a file, or of standard input when its name is "-". */
export function readTextFile(path: string): string {
  if (path === "-") return within("read standard input", () => readFd(0, limit));
  return within(`read ${JSON.stringify(path)}`, () => readFile(path, limit));
}
