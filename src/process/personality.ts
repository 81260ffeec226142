// SPDX-License-Identifier: Apache-2.0
/** The execution domain. config-linux.md, "Personality"; personality(2) */
import { within } from "../linux/errors.ts";
import { PER_LINUX, PER_LINUX32, setPersonality } from "../linux/identity.ts";
import type { ProcessPlan } from "../plan/types.ts";

const DOMAINS: Readonly<Record<string, number>> = { LINUX: PER_LINUX, LINUX32: PER_LINUX32 };

/** In init, before the seccomp filter, which may forbid the call. The spec names no flags yet. */
export function applyPersonality(personality: NonNullable<ProcessPlan["personality"]>): void {
  const domain = DOMAINS[personality.domain];
  if (domain === undefined)
    throw new Error(`unknown personality domain ${JSON.stringify(personality.domain)}, known are LINUX, LINUX32`);
  if (personality.flags.length > 0) throw new Error(`unknown personality flag ${JSON.stringify(personality.flags[0])}`);
  within(`set personality ${personality.domain}`, () => setPersonality(domain));
}
