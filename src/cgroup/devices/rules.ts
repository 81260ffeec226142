// SPDX-License-Identifier: Apache-2.0
/**
 * Device rules with what they say once and for all. Pure.
 *
 * The meaning, for both versions of cgroups: each right (read, write, make a node) of each device is decided by the last rule that
 * names it.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";

/** Bits of bpf_cgroup_dev_ctx.access_type. linux/bpf.h */
export const accessBits = { m: 1, r: 2, w: 4 } as const;
export const allAccess = 7;

/** The largest numbers that the kernel gives to a device. linux/kdev_t.h */
const largestMajor = 0xfff;
const largestMinor = 0xfffff;

export interface DeviceRule {
  readonly allow: boolean;
  readonly type: "a" | "b" | "c";
  /** Undefined: all. */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** Bits of `accessBits`. */
  readonly access: number;
}

export function accessOf(text: string): number {
  let bits = 0;
  for (const letter of text) bits |= accessBits[letter as keyof typeof accessBits];
  return bits;
}

/** The letters of access bits, in the kernel's order: "rwm". */
export function accessText(bits: number): string {
  return (["r", "w", "m"] as const).filter((letter) => (bits & accessBits[letter]) !== 0).join("");
}

/**
 * Without the rules that say nothing: those of numbers that no device can have, and those that a later rule overrides whole.
 * Rights that two rules in a row give or take for the same devices are one rule.
 */
export function reduceRules(rules: readonly DeviceCgroupRule[]): DeviceRule[] {
  const kept: DeviceRule[] = [];
  for (const rule of rules.map(normalize)) {
    if ((rule.major ?? 0) > largestMajor || (rule.minor ?? 0) > largestMinor || rule.access === 0) continue;
    if (isEverything(rule)) kept.length = 0;
    else if (isDecided(kept, rule)) continue;
    const same = kept.findIndex((other) => isSameDevices(other, rule));
    const merged = same === -1 ? undefined : mergeAt(kept, same, rule);
    if (merged === undefined) kept.push(rule);
  }
  return kept;
}

function normalize(rule: DeviceCgroupRule): DeviceRule {
  const type = rule.type ?? "a";
  const all = type !== "b" && type !== "c";
  return {
    allow: rule.allow,
    type: all ? "a" : type,
    major: all || rule.major === -1 ? undefined : rule.major,
    minor: all || rule.minor === -1 ? undefined : rule.minor,
    access: accessOf(rule.access === undefined || rule.access === "" ? "rwm" : rule.access),
  };
}

export function isEverything(rule: DeviceRule): boolean {
  return rule.type === "a" && rule.access === allAccess;
}

/** Whether all rules so far say the same, and the first of them of all devices. */
function isDecided(kept: readonly DeviceRule[], rule: DeviceRule): boolean {
  const first = kept[0];
  return first !== undefined && isEverything(first) && kept.every(({ allow }) => allow === rule.allow);
}

function isSameDevices(a: DeviceRule, b: DeviceRule): boolean {
  return a.type === b.type && a.major === b.major && a.minor === b.minor;
}

/** Whether they differ in the numbers alone. */
export function isSameEffect(a: DeviceRule, b: DeviceRule): boolean {
  return a.type === b.type && a.allow === b.allow && a.access === b.access;
}

/** Adds rights to a rule of the same kind, if no rule of the other kind between them could make a difference. */
function mergeAt(kept: DeviceRule[], index: number, rule: DeviceRule): DeviceRule | undefined {
  const earlier = kept[index];
  if (earlier?.allow !== rule.allow || kept.slice(index + 1).some(({ allow }) => allow !== rule.allow)) return undefined;
  const merged = { ...rule, access: earlier.access | rule.access };
  kept[index] = merged;
  return merged;
}
