// SPDX-License-Identifier: Apache-2.0
/** `exec`: a further process in a container, from a whole process object or from the container's own with changes. */
import type { Capabilities, Config, Process, User } from "../spec/types.ts";
import { isAnnotated } from "./annotations.ts";
import { quote, Report } from "./errors.ts";
import { parseId, parseUser } from "./ids.ts";
import { planNamespaces, readNamespaces } from "./namespaces.ts";
import { planProcess } from "./process.ts";
import { planMemoryPolicy, planPersonality } from "./scheduling.ts";
import { planSeccomp } from "./seccomp.ts";
import type { HostFacts, ProcessPlan, SeccompPlan } from "./types.ts";

/** What the command line of `exec` asks for; with `process` everything else in it is ignored. */
export interface ExecRequest {
  /** A whole process object (`--process FILE`), which has passed the schema. */
  readonly process?: Process | undefined;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** Added to the container's, and stronger. */
  readonly env: readonly string[];
  /** `UID` or `UID:GID`. */
  readonly user?: string | undefined;
  readonly additionalGids: readonly string[];
  /** Without it there is no terminal, whatever the container's process has. */
  readonly tty?: boolean | undefined;
  readonly apparmor?: string | undefined;
  readonly processLabel?: string | undefined;
  readonly noNewPrivileges?: boolean | undefined;
  readonly cap: readonly string[];
}

export interface ExecPlanOptions {
  /** False for a container made with `--no-new-keyring`; by default the caller's session keyring stays outside. */
  readonly newKeyring?: boolean | undefined;
  /** `RUN_OCI_SECCOMP_RECEIVER` of the environment. */
  readonly seccompReceiver?: string | undefined;
}

export interface ExecPlan {
  readonly process: ProcessPlan;
  readonly seccomp: SeccompPlan | undefined;
  readonly warnings: readonly string[];
}

/** Decides a process that joins a container of this config. Throws PlanError with every problem found. */
export function planExec(config: Config, request: ExecRequest, facts: HostFacts, options: ExecPlanOptions = {}): ExecPlan {
  const report = new Report();
  const process = request.process ?? fromContainer(config, request, facts, report);
  // What `create` found wrong with the namespaces or the filter would have kept the container from being there.
  const past = new Report();
  const isolations = readNamespaces(config, past);
  const namespaces = planNamespaces(config, isolations, facts, past);
  const plan = planProcess(
    process,
    {
      facts,
      namespaces,
      ownUserNamespace: isolations.isOwn("user"),
      newKeyring: options.newKeyring ?? true,
      keepGroups: isAnnotated(config, "keepGroups"),
      at: "process",
    },
    report,
  );
  report.throwIfRefused();
  return {
    process: {
      ...plan,
      memoryPolicy: planMemoryPolicy(config.linux?.memoryPolicy, past),
      personality: planPersonality(config.linux?.personality, past),
    },
    seccomp: planSeccomp(config, past, options.seccompReceiver),
    warnings: report.warnings,
  };
}

/** The container's own process with what the flags change. */
function fromContainer(config: Config, request: ExecRequest, facts: HostFacts, report: Report): Process {
  const own = config.process;
  if (own === undefined) {
    report.refuse("process", "is missing in the container's config.json", "give a whole process with --process FILE");
    report.throwIfRefused();
    throw new Error("unreachable");
  }
  return {
    ...own,
    args: request.args,
    cwd: request.cwd || own.cwd,
    env: request.env.length === 0 ? own.env : [...(own.env ?? []), ...request.env],
    user: mergeUser(own.user, request, report),
    terminal: request.tty ?? false,
    apparmorProfile: request.apparmor || own.apparmorProfile,
    selinuxLabel: request.processLabel || own.selinuxLabel,
    noNewPrivileges: request.noNewPrivileges ?? own.noNewPrivileges,
    capabilities: addCapabilities(own.capabilities, readCapabilities(request.cap, facts, report)),
  };
}

function mergeUser(own: User, request: ExecRequest, report: Report): User {
  const additionalGids = [...(own.additionalGids ?? []), ...readGids(request.additionalGids, report)];
  if (request.user === undefined) return { ...own, additionalGids };
  const user = parseUser(request.user);
  if (user === undefined) report.refuse("--user", `is ${quote(request.user)}, and must be UID or UID:GID in numbers`);
  return { ...own, uid: user?.uid ?? own.uid, gid: user?.gid ?? own.gid, additionalGids };
}

function readGids(texts: readonly string[], report: Report): number[] {
  const gids: number[] = [];
  for (const text of texts) {
    const gid = parseId(text);
    if (gid === undefined) report.refuse("--additional-gids", `is ${quote(text)}, and must be a number`);
    else gids.push(gid);
  }
  return gids;
}

/**
 * `--cap` raises what the process may use, and leaves inheritable as the config has it: capabilities that files pass on would
 * otherwise reach programs that no one gave them to (CVE-2022-29162). Ambient follows where the config made it inheritable.
 */
function addCapabilities(own: Capabilities | undefined, added: readonly string[]): Capabilities | undefined {
  if (added.length === 0) return own;
  const inheritable = own?.inheritable ?? [];
  return {
    bounding: union(own?.bounding, added),
    permitted: union(own?.permitted, added),
    effective: union(own?.effective, added),
    inheritable,
    ambient: union(
      own?.ambient,
      added.filter((name) => inheritable.includes(name)),
    ),
  };
}

/**
 * "kill", "CAP_KILL" and "cap_kill" are one name to who types it. A name that is none is a mistake of typing; in a config, which may be
 * for a newer kernel, it is left out.
 */
function readCapabilities(texts: readonly string[], facts: HostFacts, report: Report): string[] {
  return texts.map((text) => {
    const upper = text.toUpperCase();
    const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    if (facts.capability(name) === "unknown")
      report.refuse("--cap", `is ${quote(text)}, and must name a capability of this kernel`);
    return name;
  });
}

function union(own: readonly string[] | undefined, added: readonly string[]): string[] {
  return [...new Set([...(own ?? []), ...added])];
}
