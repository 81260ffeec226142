// SPDX-License-Identifier: Apache-2.0
/**
 * Device rules as properties of a unit. Pure. systemd.resource-control(5), "DeviceAllow="
 *
 * On v1 systemd writes the devices controller anew whenever it reloads, so it must know the rules. On v2 it attaches a program of
 * its own beside ours and both must agree, so what it cannot say is ours alone to judge.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { accessText, type DeviceRule, isEverything, reduceRules } from "../devices/rules.ts";
import { type Property, property } from "./property.ts";

/** `procDevices` is the text of /proc/devices, whose names stand for major numbers. */
export function deviceProperties(rules: readonly DeviceCgroupRule[], procDevices: string, v2: boolean): Property[] {
  const reduced = reduceRules(rules);
  const [first] = reduced;
  if (first === undefined) return [];
  if (isEverything(first) && first.allow) return [property("DevicePolicy", "s", "auto")];
  const groups = parseGroups(procDevices);
  const allowed = reduced.filter(({ allow }) => allow).flatMap((rule) => entries(rule, groups));
  const known = allowed.filter((entry) => entry !== undefined);
  if (v2 && known.length < allowed.length) return [];
  return [property("DevicePolicy", "s", "strict"), property("DeviceAllow", "a(ss)", known)];
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

/** With undefined for what systemd has no words for. */
function entries(rule: DeviceRule, groups: ReadonlyMap<string, string>): ([string, string] | undefined)[] {
  const access = accessText(rule.access);
  const kinds = rule.type === "a" ? (["b", "c"] as const) : [rule.type];
  return kinds.map((type) => {
    const word = type === "c" ? "char" : "block";
    if (rule.major === undefined) return rule.minor === undefined ? [`${word}-*`, access] : undefined;
    if (rule.minor !== undefined) return [`/dev/${word}/${rule.major}:${rule.minor}`, access];
    const group = groups.get(`${type} ${rule.major}`);
    return group === undefined ? undefined : [group, access];
  });
}
