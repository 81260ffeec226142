// SPDX-License-Identifier: Apache-2.0
/** `linux.resources.devices`: the complete rules of the devices cgroup. */
import type { DeviceCgroupRule } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";

function allow(type: "a" | "b" | "c", access: string, major?: number, minor?: number): DeviceCgroupRule {
  return {
    allow: true,
    type,
    access,
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
  };
}

const denyAll: DeviceCgroupRule = { allow: false, type: "a", access: "rwm" };

/** What every container may use, whatever the config says: the default devices, terminals, and making nodes without opening them. */
export const defaultAllowed: readonly DeviceCgroupRule[] = [
  allow("c", "m"),
  allow("b", "m"),
  allow("c", "rwm", 1, 3),
  allow("c", "rwm", 1, 5),
  allow("c", "rwm", 1, 7),
  allow("c", "rwm", 1, 8),
  allow("c", "rwm", 1, 9),
  allow("c", "rwm", 5, 0),
  allow("c", "rwm", 5, 2),
  // /dev/pts/*
  allow("c", "rwm", 136),
  // /dev/net/tun
  allow("c", "rwm", 10, 200),
];

/** Of a config that has no rules of its own, or only the customary "deny all" in front. */
const defaultRules: readonly DeviceCgroupRule[] = [denyAll, ...defaultAllowed];

/** Deny all, then the config's rules in their order, then what every container may use. */
export function planDeviceRules(rules: readonly DeviceCgroupRule[] | undefined, report: Report): readonly DeviceCgroupRule[] {
  if (rules === undefined || rules.length === 0) return defaultRules;
  const own: DeviceCgroupRule[] = [];
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index];
    if (rule !== undefined) own.push(planRule(rule, `linux.resources.devices[${index}]`, report));
  }
  if (own.length === 1 && own[0] !== undefined && isDenyAll(own[0])) return defaultRules;
  return [denyAll, ...own, ...defaultAllowed];
}

function isDenyAll(rule: DeviceCgroupRule): boolean {
  return !rule.allow && rule.type === "a" && rule.access === "rwm";
}

/** Fills in what may be left out; -1 is the older spelling of "all numbers". */
function planRule(rule: DeviceCgroupRule, at: string, report: Report): DeviceCgroupRule {
  const type = rule.type === undefined || rule.type === "" ? "a" : rule.type;
  if (type !== "a" && type !== "b" && type !== "c") {
    report.refuse(`${at}.type`, `is ${quote(type)}, and must be "a", "b" or "c"`);
  }
  const access = rule.access === undefined || rule.access === "" ? "rwm" : rule.access;
  checkAccess(access, at, report);
  const major = ruleNumber(rule.major, `${at}.major`, report);
  const minor = ruleNumber(rule.minor, `${at}.minor`, report);
  if (type === "a" && (major !== undefined || minor !== undefined)) {
    report.warn(at, "has numbers, which mean nothing for all devices (type a) and are ignored");
  }
  return {
    allow: rule.allow,
    type: type as "a",
    access,
    ...(type === "a" || major === undefined ? {} : { major }),
    ...(type === "a" || minor === undefined ? {} : { minor }),
  };
}

function checkAccess(access: string, at: string, report: Report): void {
  for (let i = 0; i < access.length; i++) {
    if (!"rwm".includes(access.charAt(i)) || access.indexOf(access.charAt(i)) !== i) {
      report.refuse(`${at}.access`, `is ${quote(access)}, and must be made of "r", "w" and "m", each once`);
      return;
    }
  }
}

function ruleNumber(value: number | undefined, at: string, report: Report): number | undefined {
  if (value === undefined || value === -1) return undefined;
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    report.refuse(at, `is ${value}, and must be a device number or -1 for all`);
  return value;
}
