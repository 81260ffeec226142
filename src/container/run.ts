// SPDX-License-Identifier: Apache-2.0
/** `run`: create and start in one, and in the foreground until the program ends. */
import { TerminalRelay } from "../console/relay.ts";
import type { Fd } from "../linux/fd.ts";
import { becomeSubreaper, catchSignals, foreground } from "../process/foreground.ts";
import type { NotifyRelay } from "../process/notify-relay.ts";
import { removePidFile } from "../process/outputs.ts";
import { shellStatus, type ExitStatus } from "../process/exit-status.ts";
import { waitUntilReady } from "./activation.ts";
import type { RuntimeContext } from "./context.ts";
import { destroyContainer, takeBack } from "./destroy.ts";
import { finishStart } from "./start.ts";
import { launch, type Launched } from "./launch.ts";
import { explainFailure } from "./launch-failure.ts";
import { waitForLock } from "./lock.ts";
import type { RunOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { isRemoved, unlockState } from "../store/state-file.ts";
import type { ContainerRecord } from "./record.ts";
import { UndoStack } from "./undo.ts";

/**
 * Runs container `id`. Returns the exit code of its program (128 + signal when one killed it), or 0 at once with `detach`.
 *
 * Throws ContainerError; then nothing is left of the container.
 */
export function runContainer(context: RuntimeContext, id: string, options: RunOptions): number {
  const prepared = prepare(context, id, options, { detached: options.detach, clonesInit: true });
  if (!options.detach && !options.noSubreaper) becomeSubreaper();
  // From the start of the program on signals are for it; before that they end the runtime, however long the set-up takes.
  let signals: Fd | undefined;
  const beforeStart = (): void => {
    if (!options.detach) signals ??= catchSignals();
  };
  const launched = launch(context, prepared, { ...options, beforeStart }, "run");
  const undo = new UndoStack();
  const { pidFile } = options;
  if (pidFile !== undefined) {
    undo.push("take the pid file back", () => {
      removePidFile(pidFile);
    });
  }
  undo.push("destroy the container", () => {
    destroyContainer(context, launched.record);
  });
  try {
    beforeStart();
    startProgram(launched);
    unlockState(launched.state); // other commands may work on the container from here on
    finishStart(context, launched.record);
  } catch (error) {
    takeBack(context, undo);
    throw error;
  }
  if (options.detach) {
    if (launched.notify !== undefined) waitUntilReady(launched.record, launched.notify);
    return 0;
  }
  return waitInForeground(context, launched, options, signals);
}

/** Lets init go, and waits until it is the program or has said why not. */
function startProgram({ channel, started, record, manager }: Launched): void {
  if (!started) channel.send({ type: "start" });
  try {
    const received = channel.receive();
    if (received !== undefined) throw new Error(`init sent ${JSON.stringify(received.message.type)} after it was ready`);
  } catch (error) {
    throw explainFailure(error, { pid: record.pid, manager });
  } finally {
    channel.close();
  }
}

/** Stays with a container until its process has ended, and returns the exit code. */
export function waitInForeground(
  context: RuntimeContext,
  launched: Pick<Launched, "record" | "state" | "terminal" | "notify">,
  options: Pick<RunOptions, "keep">,
  signals?: Fd,
): number {
  using state = launched.state;
  const { record } = launched;
  const status = stayWith(record.pid, { terminal: launched.terminal, beside: launched.notify, signals });
  if (!options.keep) destroyUnlessGone(context, record, state);
  return shellStatus(status);
}

/** Another command may have deleted the container while it ran, and a further one may have taken its id. */
function destroyUnlessGone(context: RuntimeContext, record: ContainerRecord, state: Fd): void {
  waitForLock(state, record.id);
  if (!isRemoved(state)) destroyContainer(context, record, { initEnded: true });
}

export interface Company {
  /** The terminal's master. */
  readonly terminal: Fd | undefined;
  /** From catchSignals(), when they were caught before. */
  readonly signals?: Fd | undefined;
  readonly beside?: NotifyRelay | undefined;
}

/** Waits for the process; with a terminal, copies it as long. */
export function stayWith(pid: number, { terminal, beside, signals = catchSignals() }: Company): ExitStatus {
  if (terminal === undefined) return foreground({ pid, signals, terminal: undefined, beside });
  using relay = new TerminalRelay(terminal);
  return foreground({ pid, signals, terminal: relay, beside });
}
