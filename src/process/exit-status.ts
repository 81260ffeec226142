// SPDX-License-Identifier: Apache-2.0
/** How a process ended, and how that is told to a caller. */
export { shellStatus, type ExitStatus } from "../linux/process.ts";
