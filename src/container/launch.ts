// SPDX-License-Identifier: Apache-2.0
/** The runtime's side of a create or run: claims, makes, clones, and takes everything back when a step fails. */
import type { Entrance, EntranceWay } from "../cgroup/entrance.ts";
import type { CgroupManager } from "../cgroup/manager.ts";
import { createManager } from "../cgroup/open.ts";
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { checkIdMaps, writeIdMaps } from "../namespaces/id-maps.ts";
import { moveNetDevices } from "../namespaces/net-devices.ts";
import { takeNetwork } from "../namespaces/network-ahead.ts";
import type { NotifyRelay } from "../process/notify-relay.ts";
import { openChannel, type Channel } from "../process/channel.ts";
import { killChild } from "../process/child.ts";
import { startTimeOf } from "../process/liveness.ts";
import { setOomScoreAdj } from "../process/oom.ts";
import { removePidFile, sendPidfd, writePidFile } from "../process/outputs.ts";
import { resetCpuAffinity } from "../process/scheduling.ts";
import { ownPid } from "../process/self.ts";
import { makeNotifyDirectory } from "../store/files.ts";
import { addRecord, claim, settle } from "../store/state-file.ts";
import { cloneInit } from "./clone-init.ts";
import { cloneShape, type CloneShape, withoutNetwork } from "./clone-shape.ts";
import { openNotifyRelay } from "./activation.ts";
import type { RuntimeContext } from "./context.ts";
import { converse } from "./converse.ts";
import { removeMade, takeBack } from "./destroy.ts";
import { ContainerError } from "./errors.ts";
import { runPoststopHooks } from "./hook-state.ts";
import { runInit } from "./init.ts";
import { InitResources, type LaunchMode } from "./init-resources.ts";
import { explainFailure, InitKilledError, type Victim } from "./launch-failure.ts";
import { holdsInit, leavesNoRoom, startsEarly } from "./launch-order.ts";
import type { CreateOptions } from "./options.ts";
import { firstRecord, type Prepared } from "./prepare.ts";
import { encodeRecord, type ContainerRecord } from "./record.ts";
import { enterGroup } from "./resctrl-group.ts";
import { UndoStack } from "./undo.ts";

export interface Launched {
  readonly record: ContainerRecord;
  readonly manager: CgroupManager;
  /** To init, which waits for `start` (run) or does not listen any more (create). */
  readonly channel: Channel;
  /** The state file, locked. */
  readonly state: Fd;
  /** The terminal's master, when `run` keeps it. */
  readonly terminal: Fd | undefined;
  /** Whether `start` is on its way already. */
  readonly started: boolean;
  /** Bound for `run`, before the program can write to it. */
  readonly notify: NotifyRelay | undefined;
}

interface Launch {
  readonly context: RuntimeContext;
  readonly prepared: Prepared;
  readonly options: CreateOptions;
  readonly mode: LaunchMode;
  readonly undo: UndoStack;
  readonly beforeStart: () => void;
  readonly way: EntranceWay;
}

/**
 * Brings a container to the point where its init waits to be started.
 *
 * Throws ContainerError; then nothing is left of the container, and its poststop hooks have run if others had.
 */
export function launch(
  context: RuntimeContext,
  prepared: Prepared,
  options: CreateOptions & { readonly beforeStart?: () => void },
  mode: LaunchMode,
): Launched {
  const beforeStart = options.beforeStart ?? ((): void => undefined);
  const launch = { context, prepared, options, mode, beforeStart };
  try {
    return launchOnce({ ...launch, way: "born" });
  } catch (error) {
    // The kernel may have done it, see EntranceWay: once more, the other way. The network that was begun went with the first init.
    if (!(error instanceof InitKilledError)) throw error;
    return launchOnce({ ...launch, prepared: { ...prepared, networkBegun: false }, way: "walks" });
  }
}

function launchOnce(attempted: Omit<Launch, "undo">): Launched {
  const { context } = attempted;
  const undo = new UndoStack();
  try {
    const launched = launchSteps({ ...attempted, undo });
    undo.clear();
    return launched;
  } catch (error) {
    takeBack(context, undo);
    throw error;
  }
}

function launchSteps(launch: Launch): Launched {
  const { context, prepared, undo } = launch;
  const { plan, id } = prepared;
  const manager = createManager(plan.cgroup, prepared.facts, {
    warn: (text) => {
      context.log.warn(text);
    },
    environ: context.environ,
  });
  const record = firstRecord(prepared, manager.saved());
  const text = encodeRecord(record);
  const state = claimId(context, id, text);
  undo.push(`remove what was made, which "runt delete --force ${id}" does, too`, () => {
    removeMade(context, id, manager);
  });
  if (prepared.notifies) makeNotifyDirectory(context.root, id);
  const notify = prepared.notifies && launch.mode === "run" ? openNotifyRelay(context, id) : undefined;
  manager.create();
  settle(state, text, prepared.configText);
  const { resources, deviceRules } = plan.cgroup;
  manager.apply(leavesNoRoom(plan.cgroup) ? { ...resources, pids: undefined } : resources, deviceRules);
  return bringUpInit(launch, { state, manager, record, notify });
}

const rootHints = {
  EACCES: "an ordinary user's is in XDG_RUNTIME_DIR, which is not set here, or is somebody else's: set it, or give --root DIR",
};

/** Claims the id for a container that is about to be made. Throws ContainerError "container-exists". */
export function claimId(context: RuntimeContext, id: string, record: string): Fd {
  const state = within(
    `make the state file of container ${JSON.stringify(id)}`,
    () => claim(context.root, id, record),
    rootHints,
  );
  if (state !== undefined) return state;
  throw new ContainerError("container-exists", `container ${JSON.stringify(id)}: container with given ID already exists`, {
    hint: `choose another id, or remove it with "runt delete ${id}"`,
  });
}

interface Claimed {
  readonly state: Fd;
  readonly manager: CgroupManager;
  readonly record: ContainerRecord;
  readonly notify: NotifyRelay | undefined;
}

function bringUpInit(launch: Launch, claimed: Claimed): Launched {
  const { context, prepared, options, mode, undo } = launch;
  const { manager } = claimed;
  using resources = new InitResources({ context, prepared, options, mode });
  const { parentEnd, childEnd } = openChannel((text) => {
    context.log.warn(text);
  });
  using entrance = manager.entrance(launch.way);
  const shape = cloneShape(prepared.plan.namespaces, Object.keys(prepared.plan.netDevices).length > 0);
  const held = holdsInit(prepared.plan, shape, entrance);
  const inputs = {
    prepared,
    shape,
    held,
    mode,
    resources,
    channel: childEnd,
    manager,
    entrance,
    record: claimed.record,
    runtime: ownPid(),
  };
  const pid = cloneInit({
    shape: prepared.networkBegun ? withoutNetwork(shape) : shape,
    namespaces: prepared.plan.namespaces,
    entrance,
    parentEnd,
    childEnd,
    writeMaps: (pid) => {
      writeIdMaps(pid, prepared.plan.namespaces);
    },
    body: () => runInit(inputs),
  });
  undo.push("kill init", () => killChild(pid));
  childEnd.close();
  if (prepared.networkBegun) giveNetwork(parentEnd, { pid, manager });
  const record = enterInit(launch, { ...claimed, shape, entrance }, pid);
  return finishLaunch(launch, { ...claimed, record }, { parentEnd, resources, pid, held });
}

interface Entering extends Claimed {
  readonly shape: CloneShape;
  readonly entrance: Entrance;
}

/** Gives init its cgroup, its ids and its devices. Returns the record that names it. */
function enterInit(launch: Launch, claimed: Entering, pid: number): ContainerRecord {
  const { plan } = launch.prepared;
  const oomScoreAdj = plan.process?.oomScoreAdj;
  claimed.entrance.admit(pid);
  if (leavesNoRoom(plan.cgroup)) claimed.manager.update({ pids: plan.cgroup.resources.pids });
  if (oomScoreAdj !== undefined) setOomScoreAdj(oomScoreAdj, pid);
  // While init does other things. One that joined a user namespace does it itself: not every runtime may do it from outside.
  if (!claimed.shape.intermediate) resetCpuAffinity(pid);
  if (claimed.shape.cloned.includes("user")) writeIdMaps(pid, plan.namespaces);
  else if (plan.namespaces.join.length > 0) checkIdMaps(pid, plan.namespaces);
  const record = { ...claimed.record, cgroup: claimed.manager.saved(), pid, startTime: startTimeOf(pid) };
  const grouped = enterGroup(launch, claimed.state, record);
  takeDevices(launch, pid);
  return grouped;
}

/** A namespace that is joined is joined by init itself, later on. */
function takeDevices({ prepared, undo }: Launch, pid: number): void {
  const { netDevices, namespaces } = prepared.plan;
  const joined = namespaces.join.find(({ type }) => type === "network");
  const moved = moveNetDevices(netDevices, joined?.path ?? `/proc/${pid}/ns/net`);
  if (moved === undefined) return;
  undo.push(
    "move the network devices back",
    () => {
      moved.takeBack();
    },
    () => {
      moved.close();
    },
  );
}

/** The pid file and the pidfd. */
function handOut({ options, prepared, undo }: Launch, pid: number): void {
  const { pidFile, pidfdSocket } = options;
  const { pidfdReceiver } = prepared.plan;
  if (pidFile !== undefined) {
    undo.push("remove the pid file", () => {
      removePidFile(pidFile);
    });
    writePidFile(pidFile, pid);
  }
  if (pidfdSocket !== undefined) sendPidfd(pidfdSocket, pid);
  if (pidfdReceiver !== undefined) sendPidfd(pidfdReceiver, pid);
}

function giveNetwork(channel: Channel, init: Victim): void {
  using network = takeNetwork();
  try {
    channel.send({ type: "network" }, network === undefined ? [] : [network]);
  } catch (error) {
    throw explainFailure(error, init);
  }
}

interface Conversation {
  readonly parentEnd: Channel;
  readonly resources: InitResources;
  readonly pid: number;
  /** Whether init waits for the first word. */
  readonly held: boolean;
}

function finishLaunch(launch: Launch, claimed: Claimed, { parentEnd, resources, pid, held }: Conversation): Launched {
  const { context, prepared, undo } = launch;
  const { record, manager, state, notify } = claimed;
  // When nothing is left of the container: runtime.md, "Lifecycle", steps 12 and 13.
  undo.pushLast("run the poststop hooks", () => {
    runPoststopHooks(context, record);
  });
  const early = startsEarly(prepared.plan, launch.mode);
  try {
    if (held) parentEnd.send({ type: "go" });
    // While init sets itself up; it takes longer.
    manager.settle();
    addRecord(state, encodeRecord(record));
    resources.closeInParent();
    if (early) {
      handOut(launch, pid);
      launch.beforeStart();
      parentEnd.send({ type: "start" });
    }
    const terminal = converse(parentEnd, { prepared, record });
    const created = record.creating === true ? { ...record, creating: undefined } : record;
    if (created !== record) addRecord(state, encodeRecord(created));
    if (!early) handOut(launch, pid);
    return { record: created, manager, channel: parentEnd, state, terminal, started: early, notify };
  } catch (error) {
    throw explainFailure(error, { pid, manager });
  }
}
