// SPDX-License-Identifier: Apache-2.0
/** `validate`: everything that can be said of a bundle before it is run. */
import { readBundleText } from "../bundle/read.ts";
import { gatherFacts } from "../host/facts.ts";
import { inspectPlan } from "../host/inspect-plan.ts";
import { describe } from "../linux/errors.ts";
import { planContainer, type PlanOptions } from "../plan/plan.ts";
import { type Finding, isAccepted, reviewConfig } from "../plan/review.ts";
import type { HostFacts, Plan } from "../plan/types.ts";
import { compileSeccomp } from "../seccomp/compile.ts";
import { parseConfig } from "../spec/validate.ts";
import { seccompReceiver, type RuntimeContext } from "./context.ts";

export interface Validation {
  /** Whether `create` would get as far as making the container. */
  readonly accepted: boolean;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

export interface ValidateOptions {
  readonly bundle: string;
  readonly configFile: string | undefined;
}

/** Reviews a bundle as `create` would read it, on this host and for this user. Throws only when it cannot be read at all. */
export function validateBundle(context: RuntimeContext, { bundle: path, configFile }: ValidateOptions): Validation {
  const { bundle, text } = readBundleText(path, configFile);
  const facts = gatherFacts();
  const options: PlanOptions = {
    id: "validate",
    bundle,
    noPivot: false,
    newKeyring: true,
    cgroupManager: context.cgroupManager,
    rootless: context.rootless,
    seccompReceiver: seccompReceiver(context),
  };
  const findings = reviewConfig(text, facts, options);
  if (!isAccepted(findings)) return { accepted: false, findings };
  const onHost = reviewOnHost(planContainer(parseConfig(text), facts, options), facts);
  const all = [
    ...onHost.filter(({ kind }) => kind === "refused"),
    ...onHost.filter(({ kind }) => kind !== "refused"),
    ...findings,
  ];
  return { accepted: isAccepted(all), findings: all };
}

function reviewOnHost(plan: Plan, facts: HostFacts): Finding[] {
  const missing = inspectPlan(plan, facts).map(({ path, message, hint, perhaps }): Finding => {
    return { kind: perhaps === true ? "odd" : "refused", path, message, hint };
  });
  return [...missing, ...reviewSeccomp(plan), ...reviewProcess(plan)];
}

function reviewSeccomp({ seccomp }: Plan): Finding[] {
  if (seccomp === undefined) return [];
  const findings: Finding[] = [];
  const add = (kind: Finding["kind"], message: string): void => {
    findings.push({ kind, path: "linux.seccomp", message, hint: undefined });
  };
  try {
    compileSeccomp(seccomp, { cache: false, warn: (text) => add("odd", text.replace(/^seccomp: /, "")) });
  } catch (error) {
    add("refused", `cannot be compiled: ${describe(error)}`);
  }
  return findings;
}

/** A config without a process is well formed, and `create` has nothing to start. */
function reviewProcess({ process }: Plan): Finding[] {
  if (process !== undefined) return [];
  return [{ kind: "refused", path: "process", message: "is missing: there is nothing to start", hint: undefined }];
}
