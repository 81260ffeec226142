// SPDX-License-Identifier: Apache-2.0
/**
 * The capabilities of the process, in the only order that works:
 *
 *     dropBoundingSet()                   needs CAP_SETPCAP
 *     keepCapabilitiesOverUserChange()    else the kernel empties the permitted set with the uid
 *     [becomeUser()]
 *     setCapabilitySets()                 effective, permitted, inheritable, then ambient
 *
 * What cannot be had is left out and reported, as config.md asks. capabilities(7)
 */
import {
  clearAmbient,
  getCapabilities,
  keepCapabilities,
  raiseAmbient,
  reduceBoundingSet,
  setCapabilities,
} from "../linux/capability.ts";
import { capabilityMask, capabilityNames, capabilityNumber } from "../linux/capability-names.ts";
import { isErrno, within } from "../linux/errors.ts";
import type { CapabilitiesPlan } from "../plan/types.ts";

/** A config without capabilities gives none. */
const NONE: CapabilitiesPlan = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [], ignored: [] };

/** In init, before the user change: takes everything but `bounding` out of the bounding set, newer capabilities than ours too. */
export function dropBoundingSet(plan: CapabilitiesPlan | undefined): void {
  const keep = capabilityMask((plan ?? NONE).bounding);
  within("drop capabilities from the bounding set", () => {
    reduceBoundingSet(keep);
  });
}

/** In init, right before the user change. */
export function keepCapabilitiesOverUserChange(): void {
  within("keep capabilities over the change of user", () => keepCapabilities(true));
}

/**
 * In init, after the user change: makes effective again what the change of user left permitted. For the one call that needs it,
 * a seccomp filter without no_new_privs; setCapabilitySets() follows at once.
 */
export function regainCapabilities(): void {
  const sets = getCapabilities();
  if (sets.effective === sets.permitted) return;
  within("make the kept capabilities effective", () => setCapabilities({ ...sets, effective: sets.permitted }));
}

/** In init, after the user change: the four other sets. Returns the names that this process may not have. */
export function setCapabilitySets(plan: CapabilitiesPlan | undefined): string[] {
  const wanted = plan ?? NONE;
  const { permitted: available } = getCapabilities();
  const [permitted, effective] = [capabilityMask(wanted.permitted), capabilityMask(wanted.effective)];
  const inheritable = capabilityMask(wanted.inheritable);
  const asked = permitted | effective | inheritable;
  const sets = {
    permitted: permitted & available,
    effective: effective & available,
    inheritable: inheritable & available,
  };
  within("set capabilities", () => setCapabilities({ ...sets, effective: sets.effective & sets.permitted }));
  within("forget the kept capabilities", () => keepCapabilities(false));
  const missing = raiseAmbientSet(wanted.ambient, sets.permitted & sets.inheritable);
  const refused = asked & ~available;
  if (missing.length === 0 && refused === 0n) return missing;
  return capabilityNames.filter((name) => missing.includes(name) || (capabilityMask([name]) & refused) !== 0n);
}

function raiseAmbientSet(names: readonly string[], possible: bigint): string[] {
  clearAmbientIfAny();
  const missing: string[] = [];
  for (const name of names) {
    const number = capabilityNumber(name);
    if (number === undefined || (capabilityMask([name]) & possible) === 0n) missing.push(name);
    else within(`raise ambient capability ${name}`, () => raiseAmbient(number));
  }
  return missing;
}

function clearAmbientIfAny(): void {
  try {
    clearAmbient();
  } catch (error) {
    if (!isErrno(error, "EINVAL")) throw error; // before Linux 4.3 there is no ambient set
  }
}
