// SPDX-License-Identifier: Apache-2.0
/**
 * The one error of the kernel's door, and the two helpers that every layer above uses: `isErrno` to branch, `within` to add
 * a clause to the story.
 */
import { commonErrnoRows, rareErrnoRows, type ErrnoRow } from "./errno.ts";

let common: readonly ErrnoRow[] | undefined;
let rare: readonly ErrnoRow[] | undefined;

function errnoRow(errno: number): ErrnoRow {
  const isIt = (row: ErrnoRow): boolean => row[0] === errno;
  const found = (common ??= commonErrnoRows()).find(isIt) ?? (rare ??= rareErrnoRows()).find(isIt);
  return found ?? [errno, `E${errno}`, `unknown error ${errno}`];
}

/** Name of an errno: `2` -> `ENOENT`. */
export function errnoName(errno: number): string {
  return errnoRow(errno)[1];
}

/** libc's strerror(3) text of an errno in lower case: `2` -> `no such file or directory`. */
export function errnoText(errno: number): string {
  return errnoRow(errno)[2];
}

export type ShownArgument = string | number | bigint;

/**
 * A system call that failed. `code` is what programs read, `message` what people read:
 * `open "/x": no such file or directory (ENOENT)`.
 */
export class SyscallError extends Error {
  /** For the engine: no stack trace, which nobody reads. */
  static readonly stackless = true;
  readonly syscall: string;
  readonly errno: number;
  /** The errno's name, e.g. `ENOENT`. */
  readonly code: string;
  /** The arguments that matter to a reader: paths. */
  readonly args: readonly ShownArgument[];

  constructor(syscall: string, errno: number, args: readonly ShownArgument[] = []) {
    const [, code, text] = errnoRow(errno);
    // An empty path means the descriptor beside it, and tells nothing.
    const told = args.filter((arg) => arg !== "");
    const shown = told.map((arg) => (typeof arg === "string" ? JSON.stringify(arg) : String(arg))).join(", ");
    super(`${syscall}${shown === "" ? "" : ` ${shown}`}: ${text} (${code})`);
    this.name = "SyscallError";
    this.syscall = syscall;
    this.errno = errno;
    this.code = code;
    this.args = args;
  }
}

/** The result of a call whose failure is a value, or the error that it tells of. */
export function checkOutcome(outcome: number, syscall: string, args: readonly ShownArgument[] = []): number {
  if (outcome < 0) throw new SyscallError(syscall, -outcome, args);
  return outcome;
}

/** Whether `error` is a failed system call with one of the errno names `codes` (any, when none is given). */
export function isErrno(error: unknown, ...codes: readonly string[]): error is SyscallError {
  return error instanceof SyscallError && (codes.length === 0 || codes.includes(error.code));
}

/** An error with advice: `hint` is printed on a line of its own, for where the errno alone misleads. */
export class HintedError extends Error {
  /** For the engine: no stack trace, which nobody reads. */
  static readonly stackless = true;
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string | undefined; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HintedError";
    this.hint = options.hint;
  }
}

/** Advice by errno name, e.g. `{ EPERM: "raising a hard limit needs CAP_SYS_RESOURCE" }`. */
export type Hints = Readonly<Partial<Record<string, string>>>;

/** Runs `step`; what it throws becomes the cause of an error whose message is `clause`. */
export function within<T>(clause: string, step: () => T, hints?: Hints): T {
  try {
    return step();
  } catch (cause) {
    throw failedWithin(clause, cause, hints);
  }
}

/** What within() throws for a step that threw `cause`. */
export function failedWithin(clause: string, cause: unknown, hints?: Hints): HintedError {
  const hint = cause instanceof SyscallError ? hints?.[cause.code] : undefined;
  return new HintedError(clause, { hint, cause });
}

/** The whole story of an error in one line, from outside in: `set rlimits: prlimit64: operation not permitted (EPERM)`. */
export function describe(error: unknown): string {
  const clauses: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && clauses.length < 32;) {
    clauses.push(at instanceof Error ? at.message : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return clauses.filter((clause) => clause !== "").join(": ");
}
