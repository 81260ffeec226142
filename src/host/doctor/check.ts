// SPDX-License-Identifier: Apache-2.0
/** What `doctor` says of one thing. */
import type { HostFacts, Variables } from "../../plan/types.ts";

/** ok: all of it works; limited: some of what it is for does not; missing: none of it. */
export type CheckState = "ok" | "limited" | "missing";

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** What there is. */
  readonly found: string;
  /** How to mend it, when there is something to mend. */
  readonly advice?: string | undefined;
}

export interface Patient {
  readonly facts: HostFacts;
  readonly environ: Variables;
}

/** A check that finds all in order, or says what is not. */
export type Examination = (patient: Patient) => Check;

export function ok(name: string, found: string): Check {
  return { name, state: "ok", found };
}

export function limited(name: string, found: string, advice?: string): Check {
  return { name, state: "limited", found, advice };
}

export function missing(name: string, found: string, advice?: string): Check {
  return { name, state: "missing", found, advice };
}
