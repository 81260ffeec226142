// SPDX-License-Identifier: Apache-2.0
/** `process`: who runs what, with which limits. */
import type { Process, Rlimit } from "../spec/types.ts";
import { grantableCapabilities, planCapabilities } from "./capabilities.ts";
import { planEnv } from "./environment.ts";
import { oneOf, quote, type Report } from "./errors.ts";
import { mapToHost } from "./namespaces.ts";
import { planCpuAffinity, planIoPriority, planScheduler } from "./scheduling.ts";
import type { HostFacts, NamespacesPlan, ProcessPlan } from "./types.ts";

/** getrlimit(2). */
export const rlimitTypes = [
  "RLIMIT_AS",
  "RLIMIT_CORE",
  "RLIMIT_CPU",
  "RLIMIT_DATA",
  "RLIMIT_FSIZE",
  "RLIMIT_LOCKS",
  "RLIMIT_MEMLOCK",
  "RLIMIT_MSGQUEUE",
  "RLIMIT_NICE",
  "RLIMIT_NOFILE",
  "RLIMIT_NPROC",
  "RLIMIT_RSS",
  "RLIMIT_RTPRIO",
  "RLIMIT_RTTIME",
  "RLIMIT_SIGPENDING",
  "RLIMIT_STACK",
] as const;

/** The umask where the config has none: what runc and crun use, so that images behave alike. */
const defaultUmask = 0o022;

/** NGROUPS_MAX of the kernel. */
const maxGroups = 65536;

/** What the process depends on beside its own object. */
export interface ProcessContext {
  readonly facts: HostFacts;
  readonly namespaces: NamespacesPlan;
  readonly ownUserNamespace: boolean;
  readonly newKeyring: boolean;
  /** `run.oci.keep_original_groups`: setgroups(2) is not called, so that the groups of the caller stay. */
  readonly keepGroups: boolean;
  /** Path of the process object in messages. */
  readonly at: string;
}

/** Decides the process, except `memoryPolicy`, `personality` and `cpuAffinity`, which lie elsewhere in the config. */
export function planProcess(process: Process, context: ProcessContext, report: Report): ProcessPlan {
  const { at, facts } = context;
  checkCommand(process, at, report);
  checkUser(process, context, report);
  const grantable = grantableCapabilities(facts, context.ownUserNamespace);
  return {
    args: process.args ?? [],
    env: planEnv(process.env, `${at}.env`, report),
    cwd: process.cwd,
    terminal: process.terminal ?? false,
    consoleSize: process.terminal === true ? process.consoleSize : undefined,
    uid: process.user.uid,
    gid: process.user.gid,
    additionalGids: process.user.additionalGids ?? [],
    setGroups: planSetGroups(context),
    umask: process.user.umask ?? defaultUmask,
    noNewPrivileges: process.noNewPrivileges ?? false,
    capabilities: planCapabilities(process.capabilities, grantable, `${at}.capabilities`, report),
    rlimits: planRlimits(process.rlimits, `${at}.rlimits`, report),
    oomScoreAdj: planOomScore(process.oomScoreAdj, `${at}.oomScoreAdj`, report),
    apparmorProfile: planApparmor(process.apparmorProfile, facts, `${at}.apparmorProfile`, report),
    selinuxLabel: planSelinux(process.selinuxLabel, facts, `${at}.selinuxLabel`, report),
    scheduler: planScheduler(process.scheduler, `${at}.scheduler`, report),
    ioPriority: planIoPriority(process.ioPriority, `${at}.ioPriority`, report),
    memoryPolicy: undefined,
    personality: undefined,
    cpuAffinity: planCpuAffinity(process.execCPUAffinity, `${at}.execCPUAffinity`, report),
    newKeyring: context.newKeyring,
  };
}

/** What the owner of a user namespace that is joined has decided is seen only in there. */
function planSetGroups({ namespaces, keepGroups, facts }: ProcessContext): ProcessPlan["setGroups"] {
  if (namespaces.denySetgroups || keepGroups || facts.setgroupsDenied) return false;
  return facts.euid !== 0 && namespaces.join.some(({ type }) => type === "user") ? "unless-denied" : true;
}

function checkCommand(process: Process, at: string, report: Report): void {
  if (!process.cwd.startsWith("/") || process.cwd.includes("\0")) {
    report.refuse(`${at}.cwd`, `is ${quote(process.cwd)}, and must be an absolute path`);
  }
  const args = process.args ?? [];
  if (args.length === 0) report.refuse(`${at}.args`, "is empty, and must name the program to run");
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg?.includes("\0") === true) report.refuse(`${at}.args[${index}]`, `is ${quote(arg)}, and must not contain NUL`);
  }
}

function checkUser(process: Process, context: ProcessContext, report: Report): void {
  const { user } = process;
  const { at, namespaces } = context;
  const umask = user.umask ?? defaultUmask;
  if (!Number.isInteger(umask) || umask < 0 || umask > 0o777) {
    report.refuse(`${at}.user.umask`, `is ${umask}, and must be 0 to 511 (octal 777)`);
  }
  const groups = user.additionalGids ?? [];
  if (groups.length > 0 && (namespaces.denySetgroups || context.facts.setgroupsDenied)) {
    report.refuse(
      `${at}.user.additionalGids`,
      "is given, and the kernel denies setgroups(2) in a user namespace that an unprivileged user mapped by itself",
      "map a range of ids with newgidmap(1), or leave the groups out",
    );
  }
  if (groups.length > maxGroups) {
    report.refuse(`${at}.user.additionalGids`, `has ${groups.length} entries, and the kernel takes ${maxGroups}`);
  }
  if (!namespaces.create.includes("user")) return;
  checkMapped(user.uid, `${at}.user.uid`, "linux.uidMappings", namespaces.uidMappings, report);
  checkMapped(user.gid, `${at}.user.gid`, "linux.gidMappings", namespaces.gidMappings, report);
  for (let index = 0; index < groups.length; index++) {
    checkMapped(groups[index] ?? 0, `${at}.user.additionalGids[${index}]`, "linux.gidMappings", namespaces.gidMappings, report);
  }
}

function checkMapped(id: number, at: string, field: string, mappings: NamespacesPlan["uidMappings"], report: Report): void {
  if (mappings.length > 0 && mapToHost(mappings, id) === undefined) report.refuse(at, `is ${id}, and ${field} does not map it`);
}

function planRlimits(rlimits: readonly Rlimit[] | undefined, at: string, report: Report): readonly Rlimit[] {
  if (rlimits === undefined) return [];
  const seen = new Set<string>();
  for (let index = 0; index < rlimits.length; index++) {
    const limit = rlimits[index];
    if (limit === undefined) continue;
    const { type, soft, hard } = limit;
    if (!(rlimitTypes as readonly string[]).includes(type)) {
      report.refuse(`${at}[${index}].type`, `is ${quote(type)}, and must be ${oneOf(rlimitTypes)}`);
    } else if (seen.has(type)) {
      report.refuse(`${at}[${index}].type`, `is "${type}" for the second time, and each type may be listed once`);
    }
    if (soft > hard) report.refuse(`${at}[${index}].soft`, `is ${soft}, and must not be above hard, which is ${hard}`);
    seen.add(type);
  }
  return rlimits;
}

function planOomScore(score: number | undefined, at: string, report: Report): number | undefined {
  if (score !== undefined && (!Number.isInteger(score) || score < -1000 || score > 1000)) {
    report.refuse(at, `is ${score}, and must be -1000 to 1000`);
  }
  return score;
}

/** An empty profile is none; "unconfined" asks for nothing and needs no AppArmor. */
export function planApparmor(profile: string | undefined, facts: HostFacts, at: string, report: Report): string | undefined {
  if (profile === undefined || profile === "") return undefined;
  if (facts.apparmor) return profile;
  if (profile === "unconfined") return undefined;
  report.refuse(at, `is ${quote(profile)}, and AppArmor is not enabled on this host`, "leave it out, or enable AppArmor");
  return undefined;
}

export function planSelinux(label: string | undefined, facts: HostFacts, at: string, report: Report): string | undefined {
  if (label === undefined || label === "") return undefined;
  if (!facts.selinux)
    report.refuse(at, `is ${quote(label)}, and SELinux is not enabled on this host`, "leave it out, or enable SELinux");
  return label;
}
