// SPDX-License-Identifier: Apache-2.0
/** What `--trace` writes, and what strace(1) sees of the same run. */
import { readFileSync } from "node:fs";

export interface TraceEvent {
  readonly name: string;
  /** X: a call; i: one that does not return; M: the name of a process. */
  readonly ph: "X" | "i" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

export type Counts = ReadonlyMap<string, number>;

/** As the viewers read the file: the end of the array, and the comma before it, may be missing. */
export function readTrace(path: string): TraceEvent[] {
  const events: TraceEvent[] = JSON.parse(`${readFileSync(path, "utf8").replace(/,\s*$/, "")}]`);
  return events;
}

/** What each process of the trace says that it is, by its pid. */
export function processNames(events: readonly TraceEvent[]): Map<number, string> {
  return new Map(events.filter(({ ph }) => ph === "M").map(({ pid, args }) => [pid, String(args?.["name"])]));
}

function count(names: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What libc makes of a function's name: the system call behind it, or none. */
const systemCall: Readonly<Record<string, string | undefined>> = {
  recv: "recvfrom",
  send: "sendto",
  dup3: "dup2", // of musl, where there are no flags
  reset_signal_actions: undefined, // several, see isOfHost()
  read_bounding_set: undefined,
  reduce_bounding_set: undefined,
  memmove: undefined, // no call: memory that the kernel shares with the program
  clock_gettime: undefined, // no call on most machines
};

/** System calls of a trace, by their names in strace. A clone returns in the child, too: that event is not counted. */
export function tracedCalls(events: readonly TraceEvent[]): Counts {
  const born = new Set<number>([events[0]?.pid ?? -1]);
  const names = events
    .filter(({ ph }) => ph !== "M")
    .flatMap(({ name, pid }) => {
      const first = !born.has(pid);
      born.add(pid);
      if (first && name === "clone3") return [];
      return name in systemCall ? (systemCall[name] ?? []) : name;
    });
  return count(names);
}

export interface StraceCall {
  readonly pid: number;
  readonly name: string;
  readonly text: string;
}

/** Whether a call is one of many that the C host makes at once, for which the trace has one event. */
export function isOfHost({ name, text }: StraceCall): boolean {
  return name === "rt_sigaction" || (name === "prctl" && text.startsWith("PR_CAPBSET_"));
}

/** The calls of an `strace -f -o FILE`, those of the container's program left out: they begin when init's execve(2) is through. */
export function readStrace(path: string): StraceCall[] {
  const programs = new Set<number>();
  let first: number | undefined;
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, digits, name, text] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? [];
      if (digits === undefined || name === undefined || text === undefined) return [];
      const pid = Number(digits);
      first ??= pid;
      if (programs.has(pid)) return [];
      if (name === "execve" && pid !== first) programs.add(pid);
      return [{ pid, name, text }];
    });
}

/** Calls by their names. Those for the time do not count: they reach the kernel on some machines alone. */
export function countCalls(calls: readonly StraceCall[]): Counts {
  return count(calls.map(({ name }) => name).filter((name) => name !== "clock_gettime"));
}

/** Where two counts differ: `name: ONE, OTHER`. */
export function differences(one: Counts, other: Counts): string[] {
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: ${one.get(name) ?? 0}, ${other.get(name) ?? 0}`);
}
