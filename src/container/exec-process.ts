// SPDX-License-Identifier: Apache-2.0
/**
 * The clone's side of an exec: into the namespaces of the container, and there a process of it.
 *
 * A pid namespace counts for children of whoever joins it. So the joiner does all the work while nobody in the container can
 * see it, and the process that the container sees is cloned at the very end, without rights or descriptors that it should not
 * have (CVE-2016-9962).
 */
import type { Entrance } from "../cgroup/entrance.ts";
import { openOwnTerminal } from "../console/own-terminal.ts";
import { sendTerminal } from "../console/socket.ts";
import { callersSize } from "../console/terminal.ts";
import type { Fd } from "../linux/fd.ts";
import { openLabels, setLabels } from "../lsm/labels.ts";
import { withKeyLabel } from "../lsm/selinux.ts";
import { becomeMappedRoot } from "../namespaces/id-maps.ts";
import { joinNamespacesOf } from "../namespaces/join-process.ts";
import type { NamespaceType } from "../plan/types.ts";
import { startSession } from "../process/become.ts";
import type { Channel } from "../process/channel.ts";
import { cloneLast, endProcess } from "../process/child.ts";
import { closeAllBut } from "../process/descriptors.ts";
import { joinKeyring } from "../process/keyring.ts";
import type { LastWord } from "../process/last-word.ts";
import { dieWithRuntime, hideFromContainer } from "../process/privileges.ts";
import { applyCpuAffinity, resetCpuAffinity } from "../process/scheduling.ts";
import { beRole } from "../process/self.ts";
import { enterRoot } from "../rootfs/shared-root.ts";
import { becomeProcess } from "./become-process.ts";
import { ContainerError } from "./errors.ts";
import type { ExecLaunch } from "./exec-launch.ts";

export interface ExecInputs extends ExecLaunch {
  readonly channel: Channel;
  readonly entrance: Entrance;
  readonly runtime: number;
  readonly lastWord: LastWord;
}

/** Namespaces that count for the children of whoever joins them. */
const forChildren: readonly NamespaceType[] = ["pid", "time"];

/** Whether the process is another one than the joiner. */
export function needsLastClone(namespaces: readonly NamespaceType[]): boolean {
  return namespaces.some((type) => forChildren.includes(type));
}

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
  const { process } = plan;
  inputs.entrance.enter();
  // Nothing of the host but what is needed may be open when the container can see this process.
  closeAllBut([
    channel.number,
    target.number,
    ...(consoleSocket === undefined ? [] : [consoleSocket.number]),
    ...(inputs.root === undefined ? [] : [inputs.root.number]),
    ...inputs.preserved,
  ]);
  beRole("exec");
  dieWithRuntime(inputs.runtime);
  // From here on this process, and so all that come from it, is in the cgroup.
  channel.expect("go");
  if (process.cpuAffinity === undefined) resetCpuAffinity();
  else if (process.cpuAffinity.final !== undefined) applyCpuAffinity(process.cpuAffinity.final);
  // Through the host's /proc, which is out of reach once the mount namespace is joined.
  const labels = openLabels(process);
  hideFromContainer();
  joinNamespacesOf(target, record.namespaces, hasEnded);
  target.close();
  if (record.namespaces.includes("user")) becomeMappedRoot();
  if (inputs.root !== undefined) enterRoot(inputs.root);
  dieWithRuntime(inputs.runtime); // a change of ids clears it
  if (process.newKeyring) {
    withKeyLabel(labels.keys, process.selinuxLabel, () => {
      joinKeyring(record.keyring);
    });
  }
  const last = needsLastClone(record.namespaces);
  if (!last) startSession();
  becomeProcess({
    process,
    seccomp: inputs.seccomp,
    startContainer: [],
    record,
    mode: "exec",
    gate: undefined,
    preserved: inputs.preserved,
    channel,
    asksForLimits: true,
    terminal: process.terminal ? openTerminal(inputs) : undefined,
    inLastClone: last ? (body) => runInLastClone(inputs, body) : undefined,
    setLabels: (plan) => {
      setLabels(labels, plan);
    },
  });
}

function hasEnded(cause: Error): ContainerError {
  return new ContainerError("container-not-running", "cannot exec in a stopped container: its init has just ended", { cause });
}

function openTerminal({ plan, consoleSocket, channel }: ExecInputs): Fd {
  const callers = consoleSocket === undefined ? callersSize() : undefined;
  const terminal = openOwnTerminal(callers ?? plan.process.consoleSize);
  if (consoleSocket === undefined) channel.send({ type: "console" }, [terminal.master]);
  else sendTerminal(consoleSocket, terminal);
  terminal.master.close();
  consoleSocket?.close();
  return terminal.slave;
}

/** The process is born with the descriptors of its program and no other; what goes wrong in it is left on the shared page. */
function runInLastClone({ lastWord, preserved }: ExecInputs, body: () => void): never {
  try {
    closeAllBut(preserved);
    lastWord.pid = cloneLast(() => {
      try {
        body();
      } catch (error) {
        lastWord.fail(error);
      }
      endProcess(1);
    });
  } catch (error) {
    lastWord.fail(error);
  }
  endProcess(0);
}
