// SPDX-License-Identifier: Apache-2.0
/** What the program was started with, text as bytes, and the switches of the dispatcher. */
import { setErrorFactory } from "runt:host";
import { SyscallError } from "./errors.ts";

export {
  commandLine,
  decodeUtf8,
  encodeUtf8,
  environ,
  environmentValue,
  programName,
  setRole,
  sharedBytes,
  startTrace,
  stopTrace,
  traceDescriptor,
} from "runt:host";

/** First thing in the program: a failed call throws a SyscallError from here on. */
export function installErrors(): void {
  setErrorFactory((syscall, errno, args) => new SyscallError(syscall, errno, args));
}
