// SPDX-License-Identifier: Apache-2.0
/** The texts in which cgroup files tell numbers. Pure. Documentation/admin-guide/cgroup-v2.rst, "Format" */
import type { BlkioEntry, Count, Pressure, PressureLine } from "./types.ts";

/** What "max" is in numbers: no limit. */
export const noLimit = 18446744073709551615n;

/** One number, exact; "max" is 2^64 - 1, and what is not there is 0. */
export function count(text: string | undefined): Count {
  const word = text?.trim() ?? "";
  if (word === "max") return noLimit;
  const number = Number(word);
  if (Number.isSafeInteger(number)) return number;
  return /^-?\d+$/.test(word) ? BigInt(word) : 0;
}

/** Lines of `key value`. */
export function flat(text: string | undefined): Record<string, Count> {
  const result: Record<string, Count> = {};
  for (const line of (text ?? "").split("\n")) {
    const [key, value] = line.split(" ");
    if (key !== undefined && value !== undefined) result[key] = count(value);
  }
  return result;
}

/** The numbers of a list: `0-2,7` -> 0 1 2 7. */
export function numberList(text: string | undefined): number[] {
  return (text ?? "")
    .trim()
    .split(",")
    .filter(Boolean)
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

const nothing: PressureLine = { avg10: 0, avg60: 0, avg300: 0, total: 0 };

/** Pressure stall information; undefined where the kernel does not measure it. A missing line (cpu, "full") is all 0. */
export function pressure(text: string | undefined): Pressure | undefined {
  if (text === undefined) return undefined;
  const lines = new Map<string, PressureLine>();
  for (const line of text.split("\n")) {
    const [kind = "", ...fields] = line.split(" ");
    const values = new Map(fields.map((field) => field.split("=") as [string, string]));
    const average = (name: string): number => Number(values.get(name) ?? 0);
    lines.set(kind, {
      avg10: average("avg10"),
      avg60: average("avg60"),
      avg300: average("avg300"),
      total: count(values.get("total")),
    });
  }
  return { some: lines.get("some") ?? nothing, full: lines.get("full") ?? nothing };
}

/** cgroup v1: lines of `8:0 Read 4096` or `8:0 12`; the sums of all devices are left out. */
export function blkioEntries(text: string | undefined): BlkioEntry[] {
  return (text ?? "").split("\n").flatMap((line) => {
    const [device = "", ...rest] = line.split(" ");
    const [major, minor] = device.split(":").map(Number);
    const value = rest.pop();
    if (major === undefined || minor === undefined || value === undefined) return [];
    return [{ major, minor, op: rest[0] ?? "", value: count(value) }];
  });
}

/** Fields of io.stat, with the list that each belongs to and its name there. */
const ioFields: Readonly<Record<string, readonly [list: "bytes" | "operations", op: string]>> = {
  rbytes: ["bytes", "Read"],
  wbytes: ["bytes", "Write"],
  dbytes: ["bytes", "Discard"],
  rios: ["operations", "Read"],
  wios: ["operations", "Write"],
  dios: ["operations", "Discard"],
};

/** cgroup v2: lines of `8:0 rbytes=4096 wbytes=0 rios=1 …`. */
export function ioEntries(text: string | undefined): { readonly bytes: BlkioEntry[]; readonly operations: BlkioEntry[] } {
  const result = { bytes: [] as BlkioEntry[], operations: [] as BlkioEntry[] };
  for (const line of (text ?? "").split("\n")) {
    const [device = "", ...fields] = line.split(" ");
    const [major, minor] = device.split(":").map(Number);
    if (major === undefined || minor === undefined) continue;
    for (const field of fields) {
      const [name = "", value] = field.split("=");
      const known = ioFields[name];
      if (known !== undefined) result[known[0]].push({ major, minor, op: known[1], value: count(value) });
    }
  }
  return result;
}
