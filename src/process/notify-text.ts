// SPDX-License-Identifier: Apache-2.0
/** Messages to a service manager: assignments, one a line. Pure. sd_notify(3) */

/** What a container may say of itself; its pids and its descriptors mean nothing outside, or too much. */
const passedOn: ReadonlySet<string> = new Set([
  "READY",
  "RELOADING",
  "STOPPING",
  "MONOTONIC_USEC",
  "STATUS",
  "ERRNO",
  "BUSERROR",
  "WATCHDOG",
  "EXTEND_TIMEOUT_USEC",
  "BARRIER",
]);

/** The assignments of a message that are passed on. */
export function assignmentsToPass(message: string): string[] {
  return message.split("\n").filter((line) => passedOn.has(line.slice(0, line.indexOf("="))));
}

/** The assignment that says the service is ready. */
export function readiness(message: string): string | undefined {
  return message.split("\n").find((line) => line.startsWith("READY="));
}
