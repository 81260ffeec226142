// SPDX-License-Identifier: Apache-2.0
/** Numbers as `update` takes them on the command line. */

/** Exact as a number where that is possible, else a bigint: the same convention as for the numbers of config.json. */
export type Quantity = number | bigint;

const maxInt64 = 2n ** 63n - 1n;

/** A decimal integer with an optional sign; undefined for anything else, or if it does not fit 64 bits. */
export function parseInteger(text: string): Quantity | undefined {
  if (!/^-?[0-9]{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value > maxInt64 || value < -maxInt64 - 1n) return undefined;
  return narrow(value);
}

/** The power of two that a suffix stands for. */
const suffixBits: Readonly<Record<string, number>> = { "": 0, k: 10, m: 20, g: 30, t: 40, p: 50 };

/** Bytes with a suffix of powers of 1024, `512m`, `1.5G`, `64KiB`, or `-1` for no limit; undefined for anything else. */
export function parseBytes(text: string): Quantity | undefined {
  if (text === "-1") return -1;
  const match = /^([0-9]{1,19})(\.[0-9]{1,9})? ?([kmgtp]?)i?b?$/i.exec(text);
  if (match === null) return undefined;
  const bits = suffixBits[(match[3] ?? "").toLowerCase()] ?? 0;
  const whole = BigInt(match[1] ?? 0) << BigInt(bits);
  const value = whole + BigInt(Math.round(Number(match[2] ?? 0) * 2 ** bits));
  return value > maxInt64 ? undefined : narrow(value);
}

function narrow(value: bigint): Quantity {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
