// SPDX-License-Identifier: Apache-2.0
/** `restore`: a container from the files of a checkpoint, by criu(8). */
import type { CgroupManager } from "../cgroup/manager.ts";
import { createManager } from "../cgroup/open.ts";
import { absolutePath, criuConfigFile, makePrivateDirectory } from "../criu/config-file.ts";
import type { RestoreOptions as CriuOptions } from "../criu/options.ts";
import { findCriu } from "../criu/program.ts";
import { readSaved } from "../criu/saved.ts";
import type { Fd } from "../linux/fd.ts";
import { unshareNamespaces } from "../namespaces/join.ts";
import type { RootfsPlan } from "../plan/types.ts";
import { killChild } from "../process/child.ts";
import { becomeSubreaper } from "../process/foreground.ts";
import { signalEach, startTimeOf } from "../process/liveness.ts";
import { removePidFile, writePidFile } from "../process/outputs.ts";
import { mountRestoreRoot, unmountRestoreRoot } from "../rootfs/restore-root.ts";
import { makeFiles } from "../store/files.ts";
import { addRecord, settle, unlockState } from "../store/state-file.ts";
import { checkRoot } from "./checkpoint.ts";
import type { RuntimeContext } from "./context.ts";
import { removeMade, takeBack } from "./destroy.ts";
import { runHookList, runPoststopHooks } from "./hook-state.ts";
import { claimId } from "./launch.ts";
import { firstRecord, prepare, type Prepared } from "./prepare.ts";
import { encodeRecord, type ContainerRecord } from "./record.ts";
import { checkMounts, restoreProcesses, sharedMounts } from "./restore-processes.ts";
import { waitInForeground } from "./run.ts";
import { finishStart } from "./start.ts";
import { UndoStack } from "./undo.ts";

export interface RestoreOptions {
  readonly bundle: string;
  /** Paths as they were given. */
  readonly criu: Omit<CriuOptions, "configFile">;
  readonly detach: boolean;
  readonly noSubreaper: boolean;
  readonly noPivot: boolean;
  readonly pidFile: string | undefined;
  readonly consoleSocket: string | undefined;
}

const signalContinue = 18;

/**
 * Makes container `id` from a checkpoint. Returns the exit code of its process (128 + signal when one killed it), or 0 at once
 * with `detach`.
 *
 * Throws ContainerError, and what criu says; then nothing is left of the container.
 */
export function restoreContainer(context: RuntimeContext, id: string, options: RestoreOptions): number {
  const { bundle, noPivot, consoleSocket, pidFile, detach } = options;
  const forCreate = { bundle, noPivot, consoleSocket, pidFile, noNewKeyring: false, preserveFds: 0 };
  const prepared = prepare(context, id, forCreate, { detached: detach, clonesInit: false });
  checkRoot("restore");
  const program = findCriu(context.environ);
  if (!detach && !options.noSubreaper) becomeSubreaper();
  const undo = new UndoStack();
  try {
    const restored = restoreSteps({ context, prepared, options, program, undo });
    if (detach) return 0;
    return waitInForeground(context, { ...restored, notify: undefined }, { keep: false });
  } catch (error) {
    takeBack(context, undo);
    throw error;
  }
}

interface Restore {
  readonly context: RuntimeContext;
  readonly prepared: Prepared;
  readonly options: RestoreOptions;
  readonly program: string;
  readonly undo: UndoStack;
}

interface Restored {
  readonly record: ContainerRecord;
  readonly state: Fd;
  readonly terminal: Fd | undefined;
}

function restoreSteps(restore: Restore): Restored {
  const { context, prepared, options, undo } = restore;
  const { plan, id } = prepared;
  const criu = {
    ...options.criu,
    imagePath: absolutePath(options.criu.imagePath),
    workPath: absolutePath(options.criu.workPath),
    configFile: criuConfigFile(plan.annotations),
  };
  const images = readSaved(criu.imagePath);
  makePrivateDirectory(criu.workPath);
  const { state, manager, record: first } = claimWithCgroup(restore);
  const files = makeFiles(context.root, id);
  const place = `${files}/root`;
  unshareNamespaces(["mount"]);
  const shared = sharedMounts(images, prepared);
  const stopped = shared.length + plan.hooks.prestart.length + plan.hooks.createRuntime.length > 0;
  const { pid, terminal } = atRoot(plan.rootfs, place, () =>
    restoreProcesses({
      ...restore,
      criu,
      images,
      manager,
      root: place,
      pidFile: `${files}/criu.pid`,
      sources: `${files}/sources`,
      stopped,
      consoleSocket: options.consoleSocket,
    }),
  );
  undo.push("kill what was restored", () => killChild(pid));
  checkMounts(pid, shared);
  const record = { ...first, cgroup: manager.saved(), pid, startTime: startTimeOf(pid) };
  addRecord(state, encodeRecord(record));
  undo.push("run the poststop hooks", () => {
    runPoststopHooks(context, record);
  });
  if (stopped) runHooksAndGoOn(prepared, record, manager);
  handOut(options, pid, undo);
  unlockState(state);
  undo.clear();
  finishStart(context, record);
  return { record, state, terminal };
}

/** Runs `step` with the root file system mounted at `place`, in the runtime's own mount namespace. */
function atRoot<T>(rootfs: RootfsPlan, place: string, step: () => T): T {
  mountRestoreRoot(rootfs, place);
  try {
    return step();
  } finally {
    unmountRestoreRoot(place);
  }
}

interface ClaimedId {
  readonly state: Fd;
  readonly manager: CgroupManager;
  readonly record: ContainerRecord;
}

function claimWithCgroup({ context, prepared, undo }: Restore): ClaimedId {
  const { plan, facts, configText, id } = prepared;
  const warn = (text: string): void => {
    context.log.warn(text);
  };
  const manager = createManager(plan.cgroup, facts, { warn, environ: context.environ });
  const record = firstRecord(prepared, manager.saved());
  const text = encodeRecord(record);
  const state = claimId(context, id, text);
  undo.push(`remove what was made, which "runt delete --force ${id}" does, too`, () => {
    removeMade(context, id, manager);
  });
  manager.create();
  settle(state, text, configText);
  manager.apply(plan.cgroup.resources, plan.cgroup.deviceRules);
  manager.settle();
  return { state, manager, record };
}

/** The hooks that give a container its network come before its processes go on. */
function runHooksAndGoOn({ plan }: Prepared, record: ContainerRecord, manager: CgroupManager): void {
  runHookList("prestart", plan.hooks.prestart, record, "created");
  runHookList("createRuntime", plan.hooks.createRuntime, record, "creating");
  signalEach(() => manager.processes(), signalContinue);
}

function handOut({ pidFile }: RestoreOptions, pid: number, undo: UndoStack): void {
  if (pidFile === undefined) return;
  undo.push("remove the pid file", () => {
    removePidFile(pidFile);
  });
  writePidFile(pidFile, pid);
}
