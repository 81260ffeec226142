// SPDX-License-Identifier: Apache-2.0
/**
 * Init: what happens between the clone and the program, as a flat list of steps. Each says why it stands where it stands; what
 * it does is in the rooms. Only this file knows the order.
 */
import type { Entrance } from "../cgroup/entrance.ts";
import type { CgroupManager } from "../cgroup/manager.ts";
import { openLabels, setLabels, type LabelFiles } from "../lsm/labels.ts";
import { withKeyLabel } from "../lsm/selinux.ts";
import { setHostNames } from "../namespaces/host-names.ts";
import { becomeMappedRoot } from "../namespaces/id-maps.ts";
import { joinNamespaces, unshareNamespaces } from "../namespaces/join.ts";
import { bringUpLoopback } from "../namespaces/loopback.ts";
import { enterNetwork } from "../namespaces/network-ahead.ts";
import { startSession } from "../process/become.ts";
import type { Channel } from "../process/channel.ts";
import { endProcess } from "../process/child.ts";
import { closeAllBut } from "../process/descriptors.ts";
import { joinKeyring } from "../process/keyring.ts";
import { dieWithRuntime, hideFromContainer, outliveRuntime } from "../process/privileges.ts";
import { resetCpuAffinity } from "../process/scheduling.ts";
import { beRole, ownPid } from "../process/self.ts";
import { replyAtGate, waitAtGate } from "../process/start-gate.ts";
import type { CloneShape } from "./clone-shape.ts";
import { ContainerError } from "./errors.ts";
import { becomeProcess } from "./become-process.ts";
import { asksForLimits } from "./launch-order.ts";
import type { InitResources, LaunchMode } from "./init-resources.ts";
import type { Prepared } from "./prepare.ts";
import type { ContainerRecord } from "./record.ts";
import { setUpRoot } from "./init-root.ts";

export interface InitInputs {
  readonly prepared: Prepared;
  readonly shape: CloneShape;
  /** Whether the runtime has something to do for it before its first step, and says so when it has. */
  readonly held: boolean;
  readonly mode: LaunchMode;
  readonly resources: InitResources;
  readonly channel: Channel;
  readonly manager: CgroupManager;
  readonly entrance: Entrance;
  readonly record: ContainerRecord;
  /** Pid of the runtime. */
  readonly runtime: number;
}

/** For a container without a process. */
const noLabels = { apparmorProfile: undefined, selinuxLabel: undefined, newKeyring: false };

/** Runs in the clone and never returns. Whatever fails is sent to the runtime as data. */
export function runInit(inputs: InitInputs): never {
  try {
    setUp(inputs);
  } catch (error) {
    inputs.channel.sendError(error);
  }
  endProcess(1);
}

function setUp(inputs: InitInputs): void {
  const { plan } = inputs.prepared;
  const { channel, resources, shape } = inputs;
  const { process } = plan;

  // Before all that uses memory or time, which are the container's from here on; and its descriptors go with the others.
  inputs.entrance.enter();
  // So that nothing of the host that the caller left open can be reached by what follows.
  closeAllBut([channel.number, ...resources.numbers()]);
  beRole("init");
  dieWithRuntime(inputs.runtime);
  startSession();

  const { networkBegun } = inputs.prepared;
  if (networkBegun) enterNetwork(channel.expect("network").fds[0]);

  // The runtime writes the id maps, and a systemd puts this process into its cgroup; both before anything is made or used.
  if (inputs.held) channel.expect("go");
  if (shape.intermediate) resetCpuAffinity();
  if (shape.cloned.includes("user")) {
    becomeMappedRoot();
    unshareNamespaces(shape.unshared);
    dieWithRuntime(inputs.runtime); // a change of ids clears it
  }

  // Through the host's /proc, and before the process hides: its files in there belong to the host's root afterwards.
  const labels = openLabels(process ?? noLabels);
  hideFromContainer();

  joinNamespaces(shape.joinInside);
  // Rooted where this process is, which is the container's cgroup by now.
  if (shape.newCgroup) unshareNamespaces(["cgroup"]);
  // A process may leave the cgroup that its namespace is rooted in, not choose another root.
  if (plan.cgroup.delegate !== undefined) {
    channel.send({ type: "cgroup" });
    channel.expect("go");
  }
  if (process?.newKeyring === true) {
    withKeyLabel(labels.keys, process.selinuxLabel, () => {
      joinKeyring(inputs.record.keyring);
    });
  }
  if (plan.bringUpLoopback && !networkBegun) bringUpLoopback();
  setHostNames(plan);

  const terminal = setUpRoot(inputs, ownPid());
  enterProcess(inputs, labels, terminal);
}

function enterProcess(inputs: InitInputs, labels: LabelFiles, terminal: ReturnType<typeof setUpRoot>): void {
  const { plan } = inputs.prepared;
  if (plan.process === undefined) {
    waitInVain(inputs);
    return;
  }
  becomeProcess({
    process: plan.process,
    seccomp: inputs.resources.seccomp,
    startContainer: plan.hooks.startContainer,
    record: inputs.record,
    mode: inputs.mode,
    gate: inputs.resources.gate,
    hookOutputs: inputs.resources.hookOutputs,
    preserved: inputs.resources.preserved,
    channel: inputs.channel,
    asksForLimits: asksForLimits(plan),
    terminal,
    setLabels: (process) => {
      setLabels(labels, process);
    },
  });
}

/** A config needs no process to be created, and one to be started. config.md, "Process" */
function waitInVain({ mode, resources, channel }: InitInputs): void {
  const problem = new ContainerError("config-invalid", "config.json has no process: there is nothing to start");
  if (mode === "run" || resources.gate === undefined) throw problem;
  outliveRuntime();
  channel.sendPlain({ type: "ready" });
  channel.close();
  waitAtGate(resources.gate);
  replyAtGate(resources.gate, problem);
}
