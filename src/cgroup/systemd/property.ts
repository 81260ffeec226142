// SPDX-License-Identifier: Apache-2.0
/** Properties of systemd units, and limits in the units that they count in. Pure. org.freedesktop.systemd1(5) */
import { type Integer, isSet } from "../settings.ts";
import { numberList } from "../stats/parse.ts";
import type { Value, Variant } from "./wire.ts";

export interface Property {
  readonly name: string;
  readonly value: Variant;
}

export const property = (name: string, type: string, value: Value): Property => ({ name, value: { type, value } });

/** systemd's "infinity". */
export const infinity = 18446744073709551615n;

export const number = (name: string, value: Integer): Property => property(name, "t", value < 0 ? infinity : BigInt(value));

/** Of the kernel, in microseconds. */
export const defaultPeriod = 100_000n;

/** Microseconds of CPU time in a second; -1 for no limit. systemd counts in steps of 10 ms, and rounding up is the safe side. */
export function quotaPerSecond(quota: Integer | undefined, period: Integer | undefined): Integer {
  if (!isSet(quota) || quota < 0) return -1;
  const step = 10_000n * (isSet(period) ? BigInt(period) : defaultPeriod);
  return ((BigInt(quota) * 1_000_000n + step - 1n) / step) * 10_000n;
}

/** A list of CPUs or memory nodes as bits, the lowest number first. */
export function bitmask(list: string): number[] {
  const bytes: number[] = [];
  for (const bit of numberList(list)) {
    const index = bit >> 3;
    while (bytes.length <= index) bytes.push(0);
    bytes[index] = (bytes[index] ?? 0) | (1 << (bit & 7));
  }
  return bytes;
}
