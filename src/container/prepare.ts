// SPDX-License-Identifier: Apache-2.0
/** What `create` and `run` decide before anything is done: options checked, config read, everything planned. */
import { readBundle } from "../bundle/read.ts";
import { gatherFacts } from "../host/facts.ts";
import { withActivation } from "../plan/activation.ts";
import { wantsNetworkAhead } from "../plan/namespaces.ts";
import { planContainer } from "../plan/plan.ts";
import type { HostFacts, Plan } from "../plan/types.ts";
import { beginNetwork } from "../namespaces/network-ahead.ts";
import { preservedDescriptors } from "../process/descriptors.ts";
import { clock, keyringName, ownUid, programName } from "../process/self.ts";
import type { SavedCgroup } from "../cgroup/manager.ts";
import { readActivation } from "./activation.ts";
import { seccompReceiver, type RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import type { CreateOptions } from "./options.ts";
import { checkId, type ContainerRecord, newRecord } from "./record.ts";

export interface Prepared {
  readonly id: string;
  readonly bundle: string;
  /** Text of config.json, kept beside the state. */
  readonly configText: string;
  readonly plan: Plan;
  readonly facts: HostFacts;
  /** Descriptors that the program gets: 3, 4, … Found while nothing of our own is open that could be taken for one of them. */
  readonly preserved: readonly number[];
  /** Whether a network namespace is being made already, by a thread that must be waited for. */
  readonly networkBegun: boolean;
  /** Whether somebody waits to be told that the container is ready. */
  readonly notifies: boolean;
}

export interface Use {
  readonly detached: boolean;
  /** Whether init will be cloned by this process, as it is not for a restore. */
  readonly clonesInit: boolean;
}

/**
 * Checks, reads and plans. Throws ContainerError; nothing has been touched. What a plan cannot change is begun: a network namespace,
 * which goes with this process when nobody takes it.
 */
export function prepare(context: RuntimeContext, id: string, options: CreateOptions, use: Use): Prepared {
  checkId(id);
  checkName(programName());
  const { bundle, text, config } = readBundle(options.bundle, options.configFile);
  const activation = readActivation(context, id);
  const preserved = preservedDescriptors(options.preserveFds, activation.listenFds);
  const networkBegun = use.clonesInit && wantsNetworkAhead(config);
  if (networkBegun) beginNetwork();
  const facts = gatherFacts();
  const plan = planContainer(withActivation(config, activation), facts, {
    id,
    bundle,
    noPivot: options.noPivot,
    newKeyring: !options.noNewKeyring,
    cgroupManager: context.cgroupManager,
    rootless: context.rootless,
    seccompReceiver: seccompReceiver(context),
  });
  for (const warning of plan.warnings) context.log.warn(warning);
  checkTerminal(plan, options, use.detached);
  return {
    id,
    bundle,
    configText: text,
    plan,
    facts,
    preserved,
    networkBegun,
    notifies: activation.notifyDirectory !== undefined,
  };
}

/** crun, called by such a name, hands the container to a handler. Any other name is as good as runt: engines call it what they like. */
function checkName(program: string): void {
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (name !== "krun" && !name.startsWith("crun-")) return;
  throw new ContainerError(
    "arguments-invalid",
    `called as ${JSON.stringify(name)}, which asks for a handler, and runt has none`,
    {
      hint: "runt runs programs of Linux: call it by another name",
    },
  );
}

/** `--console-socket` and `process.terminal` must fit. The texts are those that engines know. */
function checkTerminal(plan: Plan, options: CreateOptions, detached: boolean): void {
  const terminal = plan.process?.terminal === true;
  const socket = options.consoleSocket !== undefined;
  if (terminal && detached && !socket) {
    throw new ContainerError("console-invalid", "cannot allocate tty if runc will detach without setting console socket", {
      hint: "config.json has process.terminal true: give --console-socket PATH, or run in the foreground",
    });
  }
  if (socket && (!terminal || !detached)) {
    throw new ContainerError("console-invalid", "cannot use console socket if runc will not detach or allocate tty", {
      hint: terminal
        ? "give --detach too, or leave --console-socket out"
        : "set process.terminal in config.json, or leave --console-socket out",
    });
  }
}

/** The record of a container that is about to be made: no process yet. */
export function firstRecord(prepared: Prepared, cgroup: SavedCgroup): ContainerRecord {
  const { plan } = prepared;
  return newRecord({
    id: prepared.id,
    ociVersion: plan.ociVersion,
    bundle: prepared.bundle,
    rootfs: plan.rootfs.path,
    created: clock(),
    owner: ownUid(),
    annotations: plan.annotations,
    pid: 0,
    startTime: "",
    ownPidNamespace: plan.namespaces.create.includes("pid"),
    namespaces: [...plan.namespaces.create, ...plan.namespaces.join.map(({ type }) => type)],
    ownKeyring: plan.process?.newKeyring ?? false,
    keyring: keyringName(),
    cgroup,
    ...(plan.hooks.createRuntime.length + plan.hooks.createContainer.length === 0 ? {} : { creating: true }),
    poststart: plan.hooks.poststart,
    poststop: plan.hooks.poststop,
    hookOutputs: plan.hookOutputs,
  });
}
