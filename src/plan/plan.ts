// SPDX-License-Identifier: Apache-2.0
/** From a config and the facts of the host to everything that `create` will do. Pure: no file is read, nothing is changed. */
import type { Config } from "../spec/types.ts";
import { annotatedPath, checkAnnotations, isAnnotated } from "./annotations.ts";
import { planCgroup } from "./cgroup.ts";
import { Report } from "./errors.ts";
import { planHookOutputs, planHooks } from "./hooks.ts";
import { planIntelRdt } from "./intel-rdt.ts";
import { planNamespaces, readNamespaces, type Isolations } from "./namespaces.ts";
import { planNetDevices } from "./net-devices.ts";
import { planProcess } from "./process.ts";
import { planRootfs } from "./rootfs.ts";
import { planMemoryPolicy, planPersonality } from "./scheduling.ts";
import { planSeccomp } from "./seccomp.ts";
import { planSysctl } from "./sysctl.ts";
import type { CgroupPlan, HostFacts, NamespacesPlan, Plan, ProcessPlan } from "./types.ts";

/** What the call says, beside the config. */
export interface PlanOptions {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  readonly noPivot: boolean;
  /** False with `--no-new-keyring`. */
  readonly newKeyring: boolean;
  readonly cgroupManager: CgroupPlan["manager"];
  /** Whether the runtime may lack rights on the host; "auto": find out from its ids (`isRootless`). */
  readonly rootless: boolean | "auto";
  /** `RUN_OCI_SECCOMP_RECEIVER` of the environment: a listener for a filter that names none. */
  readonly seccompReceiver?: string | undefined;
}

/** What `--rootless` comes to: said, or whoever is not root of the initial user namespace. */
export function isRootless(setting: boolean | "auto", facts: HostFacts): boolean {
  return setting === "auto" ? facts.euid !== 0 || facts.inUserNamespace : setting;
}

/**
 * Decides everything that `create` does. `config` has passed the schema. Throws PlanError with every problem found; what is merely
 * odd is in the plan's `warnings`.
 */
export function planContainer(config: Config, facts: HostFacts, options: PlanOptions): Plan {
  const report = new Report();
  const plan = decide(config, facts, options, report);
  report.throwIfRefused();
  return plan;
}

/** As planContainer, but whatever is found goes to `report`; with anything refused the result is not to be carried out. */
export function decide(config: Config, facts: HostFacts, options: PlanOptions, report: Report): Plan {
  checkAnnotations(config, report);
  const isolations = readNamespaces(config, report, (type, path) => facts.isOwnNamespace(type, path));
  const namespaces = planNamespaces(config, isolations, facts, report);
  const rootfs = planRootfs(config, { bundle: options.bundle, noPivot: options.noPivot, isolations, facts }, report);
  const rootless = isRootless(options.rootless, facts);
  const cgroupContext = { id: options.id, manager: options.cgroupManager, rootless, isolations, facts };
  return {
    ociVersion: config.ociVersion,
    annotations: config.annotations ?? {},
    namespaces,
    rootfs,
    process: planInit(config, namespaces, isolations, facts, options, report),
    hostname: config.hostname || undefined,
    domainname: config.domainname || undefined,
    sysctl: planSysctl(config, isolations, facts, report),
    cgroup: planCgroup(config, { ...cgroupContext, mounts: rootfs.mounts }, report),
    seccomp: planSeccomp(config, report, options.seccompReceiver),
    hooks: planHooks(config, report),
    hookOutputs: planHookOutputs(config, report),
    pidfdReceiver: annotatedPath(config, "pidfdReceiver", report),
    netDevices: planNetDevices(config.linux?.netDevices, isolations, facts, report),
    intelRdt: planIntelRdt(config.linux?.intelRdt, report),
    bringUpLoopback: isolations.isNew("network"),
    // Last: by now everyone has written down what is odd.
    warnings: report.warnings,
  };
}

function planInit(
  config: Config,
  namespaces: NamespacesPlan,
  isolations: Isolations,
  facts: HostFacts,
  options: PlanOptions,
  report: Report,
): ProcessPlan | undefined {
  const memoryPolicy = planMemoryPolicy(config.linux?.memoryPolicy, report);
  const personality = planPersonality(config.linux?.personality, report);
  if (config.process === undefined) return undefined;
  const keepGroups = isAnnotated(config, "keepGroups");
  const context = {
    facts,
    namespaces,
    ownUserNamespace: isolations.isOwn("user"),
    newKeyring: options.newKeyring,
    keepGroups,
    at: "process",
  };
  const plan = planProcess(config.process, context, report);
  // Affinity is for exec alone: the config's `execCPUAffinity` is no business of init.
  return { ...plan, memoryPolicy, personality, cpuAffinity: undefined };
}
