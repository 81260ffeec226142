// SPDX-License-Identifier: Apache-2.0
/**
 * Device rules as properties of a unit, for cgroup v1. Pure. systemd.resource-control(5), "DeviceAllow="
 *
 * There systemd writes the devices controller anew whenever it reloads, so it must know the rules. On v2 it leaves programs of
 * others alone.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { accessText, type DeviceRule, isEverything, reduceRules } from "../devices/rules.ts";
import { type Property, property } from "./property.ts";

/** `procDevices` is the text of /proc/devices, whose names stand for major numbers. */
export function deviceProperties(rules: readonly DeviceCgroupRule[], procDevices: string): Property[] {
  const reduced = reduceRules(rules);
  const [first] = reduced;
  if (first !== undefined && isEverything(first) && first.allow) return [property("DevicePolicy", "s", "auto")];
  const groups = parseGroups(procDevices);
  const allowed = reduced.filter(({ allow }) => allow).flatMap((rule) => entries(rule, groups));
  return [property("DevicePolicy", "s", "strict"), property("DeviceAllow", "a(ss)", allowed)];
}

/** "char-pts" and "block-sd" with their major numbers. */
function parseGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  let kind = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("Character")) kind = "c";
    else if (line.startsWith("Block")) kind = "b";
    const match = /^\s*(\d+) (\S+)$/.exec(line);
    if (match === null || groups.has(`${kind} ${match[1]}`)) continue;
    groups.set(`${kind} ${match[1]}`, `${kind === "c" ? "char" : "block"}-${match[2]}`);
  }
  return groups;
}

function entries(rule: DeviceRule, groups: ReadonlyMap<string, string>): [string, string][] {
  const access = accessText(rule.access);
  const kinds = rule.type === "a" ? (["b", "c"] as const) : [rule.type];
  return kinds.flatMap((type): [string, string][] => {
    const word = type === "c" ? "char" : "block";
    if (rule.major === undefined) return [[`${word}-*`, access]];
    if (rule.minor !== undefined) return [[`/dev/${word}/${rule.major}:${rule.minor}`, access]];
    const group = groups.get(`${type} ${rule.major}`);
    return group === undefined ? [] : [[group, access]];
  });
}
