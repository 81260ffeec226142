// SPDX-License-Identifier: Apache-2.0
/** `doctor`: what this host and this user can do, and how to mend what they cannot. */
import type { Check } from "../host/doctor/check.ts";
import { examineHost } from "../host/doctor/examine.ts";
import { gatherFacts } from "../host/facts.ts";
import type { RuntimeContext } from "./context.ts";

export type { Check } from "../host/doctor/check.ts";

export interface Diagnosis {
  /** Whether containers can be run at all. */
  readonly able: boolean;
  readonly checks: readonly Check[];
}

/** Examines the host. */
export function diagnoseHost(context: RuntimeContext): Diagnosis {
  const checks = examineHost({ facts: gatherFacts(), environ: context.environ });
  return { able: checks.every(({ state }) => state !== "missing"), checks };
}
