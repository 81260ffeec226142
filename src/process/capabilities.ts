// SPDX-License-Identifier: Apache-2.0
/**
 * The capabilities of the process, in the only order that works:
 *
 *     dropBoundingSet()                   needs CAP_SETPCAP
 *     keepCapabilitiesOverUserChange()    else the kernel empties the permitted set with the uid
 *     [becomeUser()]
 *     setCapabilitySets()                 effective, permitted, inheritable, then ambient; or beginCapabilitySets(), and finish()
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

/** In init, after the user change: the four other sets. Returns the names that this process may not have. */
export function setCapabilitySets(plan: CapabilitiesPlan | undefined): string[] {
  const { last, refused } = planSets(plan, getCapabilities().permitted);
  within("set capabilities", () => setCapabilities(last));
  forgetKept();
  return missingNames(refused, raiseAmbientSet(plan, last));
}

/** What setCapabilitySets() does, in two parts. */
export interface CapabilitiesInParts {
  /** The second part: one call of capset(2), which takes away what the process is not to have. */
  readonly finish: () => void;
  /** Names that this process may not have. */
  readonly missing: readonly string[];
}

/**
 * In init, after the user change, for what needs the rights of the runtime for one call more (a seccomp filter without
 * no_new_privs): sets all but what is permitted, and makes effective again what the change of user left permitted.
 */
export function beginCapabilitySets(plan: CapabilitiesPlan | undefined): CapabilitiesInParts {
  const { permitted } = getCapabilities();
  const { last, refused } = planSets(plan, permitted);
  within("set capabilities", () => setCapabilities({ effective: permitted, permitted, inheritable: last.inheritable }));
  forgetKept();
  // The kernel keeps of the ambient set what stays permitted and inheritable: all of it.
  const missing = missingNames(refused, raiseAmbientSet(plan, last));
  return {
    missing,
    finish: () => {
      within("set capabilities", () => setCapabilities(last));
    },
  };
}

interface Sets {
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly inheritable: bigint;
}

function planSets(plan: CapabilitiesPlan | undefined, available: bigint): { readonly last: Sets; readonly refused: bigint } {
  const wanted = plan ?? NONE;
  const [permitted, effective] = [capabilityMask(wanted.permitted), capabilityMask(wanted.effective)];
  const inheritable = capabilityMask(wanted.inheritable);
  const last = {
    permitted: permitted & available,
    effective: effective & permitted & available,
    inheritable: inheritable & available,
  };
  return { last, refused: (permitted | effective | inheritable) & ~available };
}

function missingNames(refused: bigint, unraised: readonly string[]): string[] {
  if (refused === 0n && unraised.length === 0) return [];
  return capabilityNames.filter((name) => unraised.includes(name) || (capabilityMask([name]) & refused) !== 0n);
}

function forgetKept(): void {
  within("forget the kept capabilities", () => keepCapabilities(false));
}

/** Returns the names that cannot be raised. */
function raiseAmbientSet(plan: CapabilitiesPlan | undefined, { permitted, inheritable }: Sets): string[] {
  clearAmbientIfAny();
  const possible = permitted & inheritable;
  const missing: string[] = [];
  for (const name of plan?.ambient ?? []) {
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
