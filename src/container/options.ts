// SPDX-License-Identifier: Apache-2.0
/** What the command line hands to `create`, `run` and `exec`. */
import type { ExecRequest } from "../plan/exec.ts";

export interface CreateOptions {
  /** Directory of the bundle; the current directory when the caller gave none. */
  readonly bundle: string;
  /** Another file than the bundle's config.json. */
  readonly configFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  readonly pidFile?: string | undefined;
  readonly pidfdSocket?: string | undefined;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  /** Descriptors 3 … 2 + N are handed to the container's process. */
  readonly preserveFds: number;
}

export interface RunOptions extends CreateOptions {
  readonly detach: boolean;
  /** The container stays, stopped, when its process has ended. */
  readonly keep: boolean;
  readonly noSubreaper: boolean;
}

/** The flags of exec: those that say what the process is, and the others. */
export interface ExecOptions extends Omit<ExecRequest, "process"> {
  /** A file with a whole process object; then only the flags about descriptors and waiting count. */
  readonly processFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  readonly detach: boolean;
  readonly pidFile?: string | undefined;
  readonly pidfdSocket?: string | undefined;
  readonly preserveFds: number;
  readonly cgroup: readonly string[];
  readonly ignorePaused: boolean;
}
