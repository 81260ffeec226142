// SPDX-License-Identifier: Apache-2.0
/** The only writer to standard output and standard error. */
import { isErrno } from "../linux/errors.ts";
import { writeAll } from "../linux/file.ts";

/** The result of a command. */
export function writeResult(text: string): void {
  writeAll(1, text);
}

/** A message for people. A standard error that is closed or full is no reason to fail. */
export function writeMessage(text: string): void {
  try {
    writeAll(2, text);
  } catch (error) {
    if (!isErrno(error, "EPIPE", "EBADF", "ENOSPC", "EAGAIN", "EIO")) throw error;
  }
}
