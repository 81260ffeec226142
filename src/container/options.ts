// SPDX-License-Identifier: Apache-2.0
/** What the command line hands to `create`, `run` and `exec`. */

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

export interface ExecOptions {
  /** A file with a whole process object; then only the flags about descriptors and waiting count. */
  readonly processFile?: string | undefined;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: readonly string[];
  readonly user?: string | undefined;
  readonly additionalGids: readonly string[];
  readonly tty?: boolean | undefined;
  readonly consoleSocket?: string | undefined;
  readonly detach: boolean;
  readonly pidFile?: string | undefined;
  readonly pidfdSocket?: string | undefined;
  readonly apparmor?: string | undefined;
  readonly noNewPrivileges?: boolean | undefined;
  readonly processLabel?: string | undefined;
  readonly cap: readonly string[];
  readonly preserveFds: number;
  readonly cgroup: readonly string[];
  readonly ignorePaused: boolean;
}
