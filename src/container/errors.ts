// SPDX-License-Identifier: Apache-2.0
/**
 * The closed list of ways in which a command fails on purpose. Callers branch on `code`, never on text; the texts that engines
 * match on are written once, here.
 */

/** Every code with the sentence that documents it. `docs/ERRORS.md` is generated from this table. */
export const errorCodes = {
  "bundle-invalid": "The bundle cannot be read: a missing directory, config.json or root file system.",
  "config-invalid": "config.json breaks the OCI runtime-spec; every problem is listed with its path.",
  "config-refused": "config.json is well formed, but asks for something that this host or this call cannot give.",
  "container-exists": "A container with this id is already there.",
  "container-not-found": "No container has this id under the state directory in use.",
  "container-not-running": "The command needs a running process and the container has none.",
  "container-not-created": "`start` needs a container that was created and not yet started.",
  "container-not-stopped": "`delete` without --force needs a stopped container.",
  "container-paused": "The container is frozen, and the command would wait for ever.",
  "container-not-paused": "`resume` needs a paused container.",
  "container-busy": "Another runt is working on the container right now.",
  "id-invalid": "The container id has a character that is not allowed, or is empty.",
  "state-damaged": "The state file of the container cannot be read as what runt writes.",
  "cgroup-busy": "The cgroup of the container holds processes that are not its own, or is frozen.",
  "init-failed": "A step of the set-up inside the container failed; the cause follows.",
  "init-died": "The container's init process ended before it was ready.",
  "init-oom": "The kernel killed the container's init for want of memory.",
  "exec-failed": "The program could not be executed inside the container.",
  "hook-failed": "A hook ended with an error or ran past its timeout.",
  "process-stuck": "A process of the container does not die; the message says where it waits.",
  "console-invalid": "The terminal options contradict each other or the config.",
  "arguments-invalid": "The command line or the process description handed to it is wrong.",
  unsupported: "This kernel or this host lacks what the command needs.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ContainerErrorOptions {
  /** What to do about it; printed on its own line. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A failure that runt understands. `message` is one clause, the rest of the story is in `cause`. */
export class ContainerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ContainerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ContainerError";
    this.code = code;
    this.hint = options.hint;
  }
}
