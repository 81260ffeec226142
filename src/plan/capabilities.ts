// SPDX-License-Identifier: Apache-2.0
/** `process.capabilities`: the five sets, without what this host cannot give. */
import type { Capabilities } from "../spec/types.ts";
import type { Report } from "./errors.ts";
import type { CapabilitiesPlan, HostFacts } from "./types.ts";

/** The sets by the names of config.json, in the order in which one bounds the next. */
export const capabilitySets = ["bounding", "permitted", "effective", "inheritable", "ambient"] as const;

/** Whether a process of the container can be given a capability. */
export type Grantable = (name: string) => boolean;

/**
 * What can be granted: what the kernel knows and the runtime itself holds. A user namespace of its own starts with all of them
 * (user_namespaces(7)). Each is asked for once.
 */
export function grantableCapabilities(facts: HostFacts, ownUserNamespace: boolean): Grantable {
  const known = new Map<string, boolean>();
  return (name) => {
    let granted = known.get(name);
    if (granted === undefined) {
      const held = facts.capability(name);
      granted = held === "held" || (ownUserNamespace && held === "known");
      known.set(name, granted);
    }
    return granted;
  };
}

/**
 * What cannot be granted is left out with a warning, never an error (config.md, "Linux Process"). That includes what the kernel
 * would refuse because of the other sets: effective beyond permitted, inheritable beyond bounding, ambient beyond either.
 */
export function planCapabilities(
  wanted: Capabilities | undefined,
  grantable: Grantable,
  at: string,
  report: Report,
): CapabilitiesPlan | undefined {
  if (wanted === undefined) return undefined;
  const ignored = new Set<string>();
  const bounding = pick(wanted.bounding, grantable, ignored);
  const permitted = pick(wanted.permitted, grantable, ignored);
  const effective = within(pick(wanted.effective, grantable, ignored), permitted, "effective", "permitted", at, report);
  const inheritable = within(pick(wanted.inheritable, grantable, ignored), bounding, "inheritable", "bounding", at, report);
  const ambientAsked = pick(wanted.ambient, grantable, ignored);
  const ambientPermitted = within(ambientAsked, permitted, "ambient", "permitted", at, report);
  const ambient = within(ambientPermitted, inheritable, "ambient", "inheritable", at, report);
  if (ignored.size > 0) report.warn(at, `${[...ignored].join(", ")} cannot be had on this host and is ignored`);
  return { bounding, effective, inheritable, permitted, ambient, ignored: [...ignored] };
}

const none: readonly string[] = [];

/** The grantable ones, each once. A list in which nothing is wrong is passed through as it is. */
function pick(names: readonly string[] | undefined, grantable: Grantable, ignored: Set<string>): readonly string[] {
  if (names === undefined || names.length === 0) return none;
  const found = new Set<string>();
  for (const name of names) {
    if (grantable(name)) found.add(name);
    else ignored.add(name);
  }
  return found.size === names.length ? names : [...found];
}

function within(
  names: readonly string[],
  outer: readonly string[],
  name: string,
  outerName: string,
  at: string,
  report: Report,
): readonly string[] {
  if (names.length === 0) return none;
  if (names.length === outer.length && names.every((one, index) => one === outer[index])) return names;
  const allowed = new Set(outer);
  const missing = names.filter((one) => !allowed.has(one));
  if (missing.length === 0) return names;
  report.warn(`${at}.${name}`, `${missing.join(", ")} is not in ${outerName} and is ignored`);
  return names.filter((one) => allowed.has(one));
}
