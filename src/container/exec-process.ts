// SPDX-License-Identifier: Apache-2.0
/** The clone's side of an exec: into the namespaces of the container, and there a process of it. */
import { openOwnTerminal } from "../console/own-terminal.ts";
import { sendTerminal } from "../console/socket.ts";
import type { Fd } from "../linux/fd.ts";
import { openLabels, setLabels, type LabelFiles } from "../lsm/labels.ts";
import { withKeyLabel } from "../lsm/selinux.ts";
import { becomeMappedRoot } from "../namespaces/id-maps.ts";
import { joinNamespacesOf } from "../namespaces/join-process.ts";
import type { NamespaceType } from "../plan/types.ts";
import { startSession } from "../process/become.ts";
import type { Channel } from "../process/channel.ts";
import { cloneChild, endProcess } from "../process/child.ts";
import { closeAllBut } from "../process/descriptors.ts";
import { joinKeyring } from "../process/keyring.ts";
import { dieWithRuntime, hideFromContainer } from "../process/privileges.ts";
import { applyCpuAffinity } from "../process/scheduling.ts";
import { beRole, ownPid } from "../process/self.ts";
import { becomeProcess } from "./become-process.ts";
import type { ExecLaunch } from "./exec-launch.ts";

export interface ExecInputs extends ExecLaunch {
  readonly channel: Channel;
  readonly runtimeEnd: Channel;
  readonly runtime: number;
}

/** Namespaces that count for the children of whoever joins them. */
const forChildren: readonly NamespaceType[] = ["pid", "time"];

/** Runs in the clone and never returns. */
export function runJoiner(inputs: ExecInputs): never {
  try {
    join(inputs);
  } catch (error) {
    inputs.channel.sendError(error);
  }
  endProcess(1);
}

function join(inputs: ExecInputs): void {
  const { channel, record, target, consoleSocket, plan } = inputs;
  // First of all: nothing of the host but what is needed may be open when the container can see this process.
  closeAllBut([
    channel.number,
    target.number,
    ...(consoleSocket === undefined ? [] : [consoleSocket.number]),
    ...inputs.preserved,
  ]);
  beRole("exec");
  dieWithRuntime(inputs.runtime);
  const initial = plan.process.cpuAffinity?.initial;
  if (initial !== undefined) applyCpuAffinity(initial);
  hideFromContainer();
  // All at once but the mount namespace, since the host's /proc is still needed for the security labels.
  joinNamespacesOf(
    target,
    record.namespaces.filter((type) => type !== "mount"),
  );
  if (!record.namespaces.some((type) => forChildren.includes(type))) {
    channel.send({ type: "pid", pid: ownPid() });
    enter(inputs);
    return;
  }
  const pid = cloneChild({ namespaces: [], cgroup: undefined, sibling: true }, () => runProcess(inputs));
  channel.send({ type: "pid", pid });
  endProcess(0);
}

function runProcess(inputs: ExecInputs): never {
  try {
    enter(inputs);
  } catch (error) {
    inputs.channel.sendError(error);
  }
  endProcess(1);
}

function enter(inputs: ExecInputs): void {
  const { channel, record, plan, target } = inputs;
  const { process } = plan;
  dieWithRuntime(inputs.runtime);
  startSession();
  channel.expect("go");
  const labels = openLabels(process);
  if (process.cpuAffinity?.final !== undefined) applyCpuAffinity(process.cpuAffinity.final);
  if (record.namespaces.includes("mount")) joinNamespacesOf(target, ["mount"]);
  target.close();
  if (record.namespaces.includes("user")) becomeMappedRoot();
  dieWithRuntime(inputs.runtime);
  hideFromContainer();
  if (process.newKeyring) {
    withKeyLabel(process.selinuxLabel, () => {
      joinKeyring(record.keyring);
    });
  }
  becomeProgramOf(inputs, labels, process.terminal ? openTerminal(inputs) : undefined);
}

function openTerminal({ plan, consoleSocket, channel }: ExecInputs): Fd {
  const terminal = openOwnTerminal(plan.process.consoleSize);
  if (consoleSocket === undefined) channel.send({ type: "console" }, [terminal.master]);
  else sendTerminal(consoleSocket, terminal);
  terminal.master.close();
  consoleSocket?.close();
  return terminal.slave;
}

function becomeProgramOf(inputs: ExecInputs, labels: LabelFiles, terminal: Fd | undefined): void {
  const { plan, seccomp, record, preserved, channel } = inputs;
  becomeProcess({
    process: plan.process,
    seccomp,
    startContainer: [],
    record,
    mode: "exec",
    gate: undefined,
    preserved,
    channel,
    terminal,
    setLabels: (process) => {
      setLabels(labels, process);
    },
  });
}
