// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/stat. Pure. proc_pid_stat(5) */

export interface ProcessStat {
  readonly pid: number;
  readonly name: string;
  /** R, S, D, Z, T, t, X, I, … */
  readonly state: string;
  readonly parent: number;
  readonly processGroup: number;
  readonly session: number;
  /** Whether it was cloned and has not executed a program since. */
  readonly neverExecuted: boolean;
  /** Clock ticks after boot; with the pid it tells a process from a later one with the same pid. */
  readonly startTime: bigint;
}

/** Of the kernel's flags in field 9; it has been this bit for as long as accounting has told forks from programs. */
const PF_FORKNOEXEC = 0x40;

/** Reads one line of /proc/PID/stat. The name may hold blanks and parentheses: it ends at the last ")". */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const fields = text
    .slice(close + 2)
    .trimEnd()
    .split(" ");
  const start = fields[19]; // field 22 of the man page
  if (open === -1 || close < open || start === undefined) throw new Error(`unreadable process status ${JSON.stringify(text)}`);
  const number = (index: number): number => Number(fields[index] ?? 0);
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state: fields[0] ?? "",
    parent: number(1),
    processGroup: number(2),
    session: number(3),
    neverExecuted: (number(6) & PF_FORKNOEXEC) !== 0,
    startTime: BigInt(start),
  };
}

/** Whether a process of this state has ended: a zombie runs no code and only waits to be reaped. */
export function hasEndedState(state: string): boolean {
  return state === "Z" || state === "X" || state === "x";
}
