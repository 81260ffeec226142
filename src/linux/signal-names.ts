// SPDX-License-Identifier: Apache-2.0
/** Signals by name and by number. Pure. signal(7) */
import * as s from "#gen/constants.ts";

/** The standard signals, by their names without SIG. */
const STANDARD: Readonly<Record<string, number>> = {
  HUP: s.SIGHUP,
  INT: s.SIGINT,
  QUIT: s.SIGQUIT,
  ILL: s.SIGILL,
  TRAP: s.SIGTRAP,
  ABRT: s.SIGABRT,
  BUS: s.SIGBUS,
  FPE: s.SIGFPE,
  KILL: s.SIGKILL,
  USR1: s.SIGUSR1,
  SEGV: s.SIGSEGV,
  USR2: s.SIGUSR2,
  PIPE: s.SIGPIPE,
  ALRM: s.SIGALRM,
  TERM: s.SIGTERM,
  STKFLT: s.SIGSTKFLT,
  CHLD: s.SIGCHLD,
  CONT: s.SIGCONT,
  STOP: s.SIGSTOP,
  TSTP: s.SIGTSTP,
  TTIN: s.SIGTTIN,
  TTOU: s.SIGTTOU,
  URG: s.SIGURG,
  XCPU: s.SIGXCPU,
  XFSZ: s.SIGXFSZ,
  VTALRM: s.SIGVTALRM,
  PROF: s.SIGPROF,
  WINCH: s.SIGWINCH,
  IO: s.SIGIO,
  PWR: s.SIGPWR,
  SYS: s.SIGSYS,
};

const ALIASES: Readonly<Record<string, string>> = { IOT: "ABRT", CLD: "CHLD", POLL: "IO", UNUSED: "SYS" };

// libc keeps 32 and 33 for itself: what a user calls SIGRTMIN is 34, and SIGRTMAX 64, on every Linux libc.
const RTMIN = 34;
const RTMAX = 64;

function realTime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (match === null) return undefined;
  const [, end, sign, digits] = match;
  if (sign !== undefined && sign !== (end === "MIN" ? "+" : "-")) return undefined;
  const offset = digits === undefined ? 0 : Number(digits);
  const number = end === "MIN" ? RTMIN + offset : RTMAX - offset;
  return number >= RTMIN && number <= RTMAX ? number : undefined;
}

/** The number of a signal given as `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN+3`; undefined when there is no such signal. */
export function signalNumber(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= RTMAX ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, "");
  return STANDARD[ALIASES[name] ?? name] ?? realTime(name);
}

/** `SIGKILL` for 9, `SIGRTMIN+1` for 35; `signal 99` for what has no name. */
export function signalName(number: number): string {
  const found = Object.entries(STANDARD).find(([, value]) => value === number);
  if (found !== undefined) return `SIG${found[0]}`;
  if (number === RTMIN) return "SIGRTMIN";
  if (number > RTMIN && number <= RTMAX) return `SIGRTMIN+${number - RTMIN}`;
  return `signal ${number}`;
}
