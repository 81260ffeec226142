// SPDX-License-Identifier: Apache-2.0
/** The last part of init and of exec: becoming the user and the program that the config names. */
import type { Fd } from "../linux/fd.ts";
import { makeTerminalControlling } from "../console/terminal.ts";
import type { HookOutputs } from "../hooks/outputs.ts";
import { runHooks } from "../hooks/run.ts";
import type { ProcessPlan } from "../plan/types.ts";
import { becomeProgram, execFailure, restoreSignals, startSession } from "../process/become.ts";
import {
  beginCapabilitySets,
  dropBoundingSet,
  keepCapabilitiesOverUserChange,
  setCapabilitySets,
} from "../process/capabilities.ts";
import type { Channel } from "../process/channel.ts";
import { endProcess } from "../process/child.ts";
import { keepOpenAcrossExec } from "../process/descriptors.ts";
import { findExecutable } from "../process/executable.ts";
import { withHome } from "../process/home.ts";
import { isDenied, setRlimits } from "../process/limits.ts";
import { applyPersonality } from "../process/personality.ts";
import { forbidNewPrivileges, outliveRuntime } from "../process/privileges.ts";
import { ownPid } from "../process/self.ts";
import { applyIoPriority, applyMemoryPolicy, applyScheduler } from "../process/scheduling.ts";
import { replyAtGate, waitAtGate, waitWithoutEngine, type StartGate } from "../process/start-gate.ts";
import { giveTerminalTo, handOverStdio, useTerminal } from "../process/stdio.ts";
import { becomeUser } from "../process/user.ts";
import { checkWorkingDirectory, lostDirectory, enterWorkingDirectory } from "../process/working-directory.ts";
import { loadFailure, loadSeccomp } from "../seccomp/load.ts";
import type { SeccompProgram } from "../seccomp/compile.ts";
import type { Hook } from "../spec/types.ts";
import { hookFailed, hookState } from "./hook-state.ts";
import type { ContainerRecord } from "./record.ts";

export interface BecomeProcess {
  readonly process: ProcessPlan;
  readonly seccomp: SeccompProgram | undefined;
  readonly startContainer: readonly Hook[];
  readonly record: ContainerRecord;
  /** create: wait at the gate; run: for `start` on the channel; exec: for nobody. */
  readonly mode: "create" | "run" | "exec";
  readonly gate: StartGate | undefined;
  readonly hookOutputs?: HookOutputs | undefined;
  readonly preserved: readonly number[];
  readonly channel: Channel;
  /** Whether the runtime sets limits from outside when asked to. */
  readonly asksForLimits: boolean;
  /** The container's side of the terminal. */
  readonly terminal: Fd | undefined;
  /**
   * exec into a pid namespace: the very last steps, session and program, are those of a process that is cloned for them, so
   * that the container never sees one that has more rights than its own.
   */
  readonly inLastClone?: ((body: () => void) => never) | undefined;
  /** Writes the labels of AppArmor and SELinux. */
  readonly setLabels: (process: ProcessPlan) => void;
}

/** Becomes the process. Returns only by throwing, as long as the runtime listens; afterwards it never returns. */
export function becomeProcess(inputs: BecomeProcess): void {
  const { process, channel } = inputs;
  setUpStreams(inputs);
  // Before any filter: it opens a file in ways that an older profile does not know.
  const env = withHome(process.env, process.uid);
  restoreSignals();
  const path = becomeOwner(inputs);
  if (inputs.seccomp?.notify === true && process.noNewPrivileges) installFilter(inputs);
  channel.sendPlain({ type: "ready" });
  if (inputs.mode === "run") channel.expectPlain("start");
  if (inputs.mode === "create") passGate(inputs, path, env);
  if (inputs.inLastClone === undefined) goOn(inputs, path, env);
  else {
    inputs.inLastClone(() => {
      startSession();
      if (inputs.terminal !== undefined) makeTerminalControlling();
      goOn(inputs, path, env);
    });
  }
}

function setUpStreams({ process, terminal, inLastClone }: BecomeProcess): void {
  if (terminal === undefined) {
    handOverStdio(process.uid);
    return;
  }
  useTerminal(terminal);
  terminal.close();
  giveTerminalTo(process.uid);
  if (inLastClone === undefined) makeTerminalControlling();
}

/** From root to the user of the process, each step while the right to it is still there. Returns the path of the program. */
function becomeOwner(inputs: BecomeProcess): string {
  const { process } = inputs;
  if (process.scheduler !== undefined) applyScheduler(process.scheduler);
  if (process.ioPriority !== undefined) applyIoPriority(process.ioPriority);
  if (process.memoryPolicy !== undefined) applyMemoryPolicy(process.memoryPolicy);
  if (process.personality !== undefined) applyPersonality(process.personality);
  inputs.setLabels(process);
  dropBoundingSet(process.capabilities);
  setLimits(inputs);
  const entered = enterWorkingDirectory(process.cwd, true);
  keepCapabilitiesOverUserChange();
  becomeUser(process);
  if (!entered) enterWorkingDirectory(process.cwd, false);
  if (!process.noNewPrivileges && inputs.seccomp !== undefined) return takeRightsUnderFilter(inputs);
  warnOfMissing(inputs, setCapabilitySets(process.capabilities));
  if (process.noNewPrivileges) forbidNewPrivileges();
  outliveRuntime();
  return findExecutable(process.args[0] ?? "", process.env);
}

/** A hard limit is raised with rights over the host, which nobody in a user namespace has. The runtime may have them. */
function setLimits({ process, channel, asksForLimits }: BecomeProcess): void {
  try {
    setRlimits(process.rlimits);
  } catch (error) {
    if (!asksForLimits || !isDenied(error)) throw error;
    channel.sendPlain({ type: "limits" });
    channel.expectPlain("go");
  }
}

/**
 * Without no_new_privs a filter takes CAP_SYS_ADMIN to load, and what follows is ruled by it. So all that can be done before is
 * done before, and a strict profile need not allow more than capset(2) and what talks to the runtime; docs/seccomp.md has the list.
 */
function takeRightsUnderFilter(inputs: BecomeProcess): string {
  const { process } = inputs;
  const path = findExecutable(process.args[0] ?? "", process.env);
  const { missing, finish } = beginCapabilitySets(process.capabilities);
  warnOfMissing(inputs, missing);
  outliveRuntime();
  installFilter(inputs);
  finish();
  return path;
}

function warnOfMissing({ channel }: BecomeProcess, names: readonly string[]): void {
  for (const name of names) {
    channel.sendPlain({ type: "warning", text: `capability ${name} is not to be had here and was left out` });
  }
}

/** Loads the filter; a descriptor of its notifications goes to the runtime, which knows the agent. */
function installFilter({ seccomp, channel }: BecomeProcess): void {
  if (seccomp === undefined) return;
  const listener = loadSeccomp(seccomp);
  if (listener === undefined) return;
  // The agent, who has yet to get the descriptor, may be asked for any call but this one.
  channel.sendPlain({ type: "seccomp", fd: listener.number });
  if (channel.expectPlain("go", "seccomp") === "seccomp") {
    channel.send({ type: "seccomp", fd: listener.number }, [listener]);
    channel.expectPlain("go");
  }
  listener.close();
}

/** The runtime is gone from here on: what fails is told to whoever starts the container. */
function passGate(inputs: BecomeProcess, path: string, env: readonly string[]): never {
  const { gate, channel } = inputs;
  if (gate === undefined) throw new Error("a created container has a gate to wait at");
  channel.close();
  try {
    if (inputs.startContainer.length === 0) leaveEngine(inputs, gate, path, env);
    waitAtGate(gate);
    goOn(inputs, path, env);
  } catch (error) {
    replyAtGate(gate, error);
  }
  endProcess(1);
}

/** Nothing is left to be decided: the same steps as in goOn(), by a waiter that needs next to no memory. */
function leaveEngine(
  { process, seccomp, preserved }: BecomeProcess,
  gate: StartGate,
  path: string,
  env: readonly string[],
): never {
  const filter = process.noNewPrivileges && seccomp?.notify === false ? seccomp : undefined;
  const filtered = seccomp !== undefined && filter === undefined;
  waitWithoutEngine(gate, { path, args: process.args, env, filter, filtered, keep: preserved }, (step, error) => {
    if (step === "execve") return execFailure(path, error);
    return step === "seccomp" ? loadFailure(error) : lostDirectory(error);
  });
}

function goOn(inputs: BecomeProcess, path: string, env: readonly string[]): void {
  const { process, startContainer, record, hookOutputs: outputs } = inputs;
  if (startContainer.length > 0) {
    try {
      const state = hookState(record, "created", ownPid());
      runHooks("startContainer", startContainer, state, { env: process.env, outputs });
    } catch (error) {
      throw hookFailed(error);
    }
  }
  keepOpenAcrossExec(inputs.preserved);
  // A filter that is loaded already may refuse to tell; the directory was checked when it was entered, and nobody can have moved it.
  if (process.noNewPrivileges || inputs.seccomp === undefined) checkWorkingDirectory();
  // Last, so that the profile need not allow what the runtime does; a profile with notifications was loaded before.
  if (process.noNewPrivileges && inputs.seccomp?.notify === false) installFilter(inputs);
  becomeProgram(path, process.args, env);
}
