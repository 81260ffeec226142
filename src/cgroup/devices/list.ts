// SPDX-License-Identifier: Apache-2.0
/**
 * Device rules as writes to the files of cgroup v1. Pure. Documentation/admin-guide/cgroup-v1/devices.rst
 *
 * The kernel holds a list of exceptions from "deny all" or from "allow all", and a rule that takes something from an exception
 * must name the very same devices.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { accessText, allAccess, type DeviceRule, isEverything, reduceRules } from "./rules.ts";

export interface DeviceWrite {
  readonly file: "devices.allow" | "devices.deny";
  readonly text: string;
}

/**
 * The writes that bring a cgroup, whatever it has, to these rules.
 *
 * Throws when a rule takes from an earlier one with a wildcard: cgroup v1 cannot express it, and would ignore the rule.
 */
export function deviceWrites(rules: readonly DeviceCgroupRule[]): DeviceWrite[] {
  const reduced = reduceRules(rules);
  const first = reduced[0];
  const base = first !== undefined && isEverything(first) ? first.allow : false;
  const exceptions = new Map<string, { rule: DeviceRule; access: number }>();
  for (const rule of reduced.slice(first !== undefined && isEverything(first) ? 1 : 0)) {
    for (const single of expand(rule)) addRule(exceptions, single, base);
  }
  const file = base ? "devices.deny" : "devices.allow";
  return [
    { file: base ? "devices.allow" : "devices.deny", text: "a" },
    ...[...exceptions.values()]
      .filter(({ access }) => access !== 0)
      .map(({ rule, access }): DeviceWrite => ({ file, text: `${devicesText(rule)} ${accessText(access)}` })),
  ];
}

/** The kernel knows "all" only as a whole; a part of the rights of all devices is a rule for each kind. */
function expand(rule: DeviceRule): DeviceRule[] {
  if (rule.type !== "a") return [rule];
  return [
    { ...rule, type: "b" },
    { ...rule, type: "c" },
  ];
}

function devicesText({ type, major, minor }: DeviceRule): string {
  return `${type} ${major ?? "*"}:${minor ?? "*"}`;
}

type Exceptions = Map<string, { rule: DeviceRule; access: number }>;

function addRule(exceptions: Exceptions, rule: DeviceRule, base: boolean): void {
  const key = devicesText(rule);
  const held = exceptions.get(key)?.access ?? 0;
  if (rule.allow !== base) {
    exceptions.set(key, { rule, access: held | rule.access });
    return;
  }
  for (const [otherKey, other] of exceptions) {
    if (otherKey === key || !overlaps(other.rule, rule) || (other.access & rule.access) === 0) continue;
    // A narrower exception goes with it; from a wider one nothing can be taken.
    if (covers(rule, other.rule)) exceptions.set(otherKey, { ...other, access: other.access & ~rule.access });
    else throw notExpressible(rule, other);
  }
  if (held !== 0) exceptions.set(key, { rule, access: held & ~rule.access });
}

function overlaps(a: DeviceRule, b: DeviceRule): boolean {
  const meet = (x: number | undefined, y: number | undefined): boolean => x === undefined || y === undefined || x === y;
  return a.type === b.type && meet(a.major, b.major) && meet(a.minor, b.minor);
}

function covers(wide: DeviceRule, narrow: DeviceRule): boolean {
  const holds = (x: number | undefined, y: number | undefined): boolean => x === undefined || x === y;
  return wide.type === narrow.type && holds(wide.major, narrow.major) && holds(wide.minor, narrow.minor);
}

function notExpressible(rule: DeviceRule, other: { readonly rule: DeviceRule; readonly access: number }): Error {
  const say = (allow: boolean, it: DeviceRule, access: number): string =>
    `"${allow ? "allow" : "deny"} ${devicesText(it)} ${accessText(access & allAccess)}"`;
  return new Error(
    `the device rule ${say(rule.allow, rule, rule.access)} cannot be an exception from ${say(!rule.allow, other.rule, other.access)}: ` +
      "cgroup v1 has no exceptions from wildcards (list the devices one by one, or use a host with cgroup v2)",
  );
}
