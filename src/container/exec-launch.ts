// SPDX-License-Identifier: Apache-2.0
/** The runtime's side of an exec: clones the joiner, gives the process its cgroup, and hears whether it became the program. */
import type { Entrance, EntranceWay } from "../cgroup/entrance.ts";
import type { CgroupManager } from "../cgroup/manager.ts";
import type { Fd } from "../linux/fd.ts";
import type { ExecPlan } from "../plan/exec.ts";
import { openChannel, type Channel } from "../process/channel.ts";
import { cloneChild, describeExitStatus, isChild, killChild, reap } from "../process/child.ts";
import { catchSignals } from "../process/foreground.ts";
import { LastWord } from "../process/last-word.ts";
import { setRlimits } from "../process/limits.ts";
import { setOomScoreAdj } from "../process/oom.ts";
import { removePidFile, sendPidfd, writePidFile } from "../process/outputs.ts";
import { applyCpuAffinity } from "../process/scheduling.ts";
import { ownPid } from "../process/self.ts";
import type { SeccompProgram } from "../seccomp/compile.ts";
import { openManager } from "./cgroup-manager.ts";
import type { RuntimeContext } from "./context.ts";
import { needsLastClone, runJoiner } from "./exec-process.ts";
import { hookState } from "./hook-state.ts";
import { explainFailure, InitKilledError } from "./launch-failure.ts";
import type { ExecOptions } from "./options.ts";
import type { ContainerRecord } from "./record.ts";
import { passListener } from "./seccomp-listener.ts";

export interface ExecLaunch {
  readonly context: RuntimeContext;
  readonly record: ContainerRecord;
  readonly plan: ExecPlan;
  readonly options: ExecOptions;
  /** The container's init. */
  readonly target: Fd;
  /** The container's root, where there is no mount namespace to join. */
  readonly root: Fd | undefined;
  readonly consoleSocket: Fd | undefined;
  readonly seccomp: SeccompProgram | undefined;
  readonly preserved: readonly number[];
}

export interface StartedExec {
  readonly pid: number;
  /** The terminal's master, when the runtime keeps it. */
  readonly terminal: Fd | undefined;
  /** Signals that came for the process, when it is in the foreground. */
  readonly signals: Fd | undefined;
}

interface Joiner {
  readonly pid: number;
  readonly entrance: Entrance;
}

/** Starts the process. Throws ContainerError; then no process is left. */
export function startExec(launch: ExecLaunch): StartedExec {
  try {
    return startOnce(launch, "born");
  } catch (error) {
    // The kernel may have done it, see EntranceWay.
    if (!(error instanceof InitKilledError)) throw error;
    return startOnce(launch, "walks");
  }
}

function startOnce(launch: ExecLaunch, way: EntranceWay): StartedExec {
  const { context, record, options } = launch;
  const manager = openManager(record).below(options.cgroup);
  const { cpuAffinity, oomScoreAdj } = launch.plan.process;
  if (cpuAffinity?.initial !== undefined) applyCpuAffinity(cpuAffinity.initial);
  const { parentEnd, childEnd } = openChannel((text) => {
    context.log.warn(text);
  });
  const lastWord = new LastWord();
  const inputs = { ...launch, channel: childEnd, runtime: ownPid(), lastWord };
  const { pid: joiner, entrance } = cloneJoiner(manager, launch, {
    way,
    body: (entrance) => runJoiner({ ...inputs, entrance }),
  });
  childEnd.close();
  try {
    entrance.admit(joiner);
    if (oomScoreAdj !== undefined) setOomScoreAdj(oomScoreAdj, joiner);
    // The process may run before we hear of it: signals are for it from here on.
    const signals = options.detach ? undefined : catchSignals();
    parentEnd.send({ type: "go" });
    const terminal = converseWithExec(parentEnd, launch, joiner);
    const pid = needsLastClone(record.namespaces) ? takeLastClone(joiner, lastWord) : joiner;
    handOut(options, pid);
    return { pid, terminal, signals };
  } catch (error) {
    if (isChild(lastWord.pid)) killChild(lastWord.pid);
    if (options.pidFile !== undefined) removePidFile(options.pidFile);
    throw explainFailure(error, { pid: joiner, manager: withoutOom() });
  } finally {
    parentEnd.close();
    entrance.close();
  }
}

/** Clones into the container's cgroup, or where the kernel does not let it in there, the other way that the cgroup has. */
function cloneJoiner(
  manager: CgroupManager,
  { record, options }: ExecLaunch,
  { way, body }: { readonly way: EntranceWay; readonly body: (entrance: Entrance) => never },
): Joiner {
  const through = (entrance: Entrance): Joiner => {
    try {
      return { pid: cloneChild({ namespaces: [], cgroup: entrance.target }, () => body(entrance)), entrance };
    } catch (error) {
      entrance.close();
      throw error;
    }
  };
  try {
    return through(manager.entrance(way));
  } catch (error) {
    const other = options.cgroup.length > 0 ? undefined : manager.entranceAfter(error, record.pid);
    if (other === undefined) throw error;
    return through(other);
  }
}

/** The joiner ends when the process is its program, or cannot be; it has left word of both. */
function takeLastClone(joiner: number, lastWord: LastWord): number {
  const status = reap(joiner);
  const failure = lastWord.failure();
  if (failure !== undefined) throw failure;
  const { pid } = lastWord;
  if (pid === 0) throw new Error(`the process ended before it was ready: ${describeExitStatus(status)}`);
  // What is done with this pid is done as root of the host.
  if (!isChild(pid)) throw new Error("something in the container has taken hold of the process before it was ready");
  return pid;
}

/** OOM kills of the container's other processes say nothing of this one. */
function withoutOom(): { oomKills(): number } {
  return { oomKills: () => 0 };
}

/** Answers the process until it is the program: the end of file after `ready`. */
function converseWithExec(channel: Channel, { plan, record }: ExecLaunch, pid: number): Fd | undefined {
  let terminal: Fd | undefined;
  for (let ready = false; ;) {
    const received = channel.receive();
    if (received === undefined) {
      if (ready) return terminal;
      throw new Error("the process ended before it was ready");
    }
    const { message, fds } = received;
    if (message.type === "ready") ready = true;
    else if (message.type === "console") [terminal] = fds;
    else if (message.type === "seccomp") {
      const state = hookState(record, "running");
      passListener(channel, received, plan.seccomp, { ociVersion: record.ociVersion, pid, state });
    } else if (message.type === "limits") {
      setRlimits(plan.process.rlimits, pid);
      channel.send({ type: "go" });
    } else throw new Error(`the process sent ${JSON.stringify(message.type)}, which it never does`);
  }
}

function handOut({ pidFile, pidfdSocket }: ExecOptions, pid: number): void {
  if (pidFile !== undefined) writePidFile(pidFile, pid);
  if (pidfdSocket !== undefined) sendPidfd(pidfdSocket, pid);
}
