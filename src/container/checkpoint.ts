// SPDX-License-Identifier: Apache-2.0
/** `checkpoint`: a running container as files, by criu(8). */
import { dumpArguments } from "../criu/arguments.ts";
import { absolutePath, criuConfigFile, isThere, makePrivateDirectory } from "../criu/config-file.ts";
import { descriptorsOf, tiesOf } from "../criu/container-ties.ts";
import type { DumpOptions } from "../criu/options.ts";
import { findCriu, runCriu } from "../criu/program.ts";
import { writeSaved } from "../criu/saved.ts";
import { gatherFacts } from "../host/facts.ts";
import { planContainer } from "../plan/plan.ts";
import type { Plan } from "../plan/types.ts";
import { parseConfig } from "../spec/validate.ts";
import { readConfigCopy } from "../store/state-file.ts";
import { openManager } from "./cgroup-manager.ts";
import { environmentOf, seccompReceiver, type RuntimeContext } from "./context.ts";
import { destroyContainer } from "./destroy.ts";
import { ContainerError } from "./errors.ts";
import { lockContainer } from "./lock.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { lockedStatusOf, type Status } from "./status.ts";

/** Paths as they were given. */
export type CheckpointOptions = Omit<DumpOptions, "configFile">;

/**
 * Writes the images of container `id`. It ends with that, unless it is left running.
 *
 * Throws ContainerError "container-not-running" or "unsupported", and what criu says; then the container goes on as before.
 */
export function checkpointContainer(context: RuntimeContext, id: string, options: CheckpointOptions): void {
  using _lock = lockContainer(context.root, id);
  const record = loadRecord(context.root, id);
  const status = lockedStatusOf(context.root, record);
  checkStatus(status, id);
  checkRoot("checkpoint");
  const program = findCriu(context.environ);
  dump(context, record, { program, options: withPaths(options, record), wasPaused: status === "paused" });
  if (!options.leaveRunning && !options.preDump) destroyContainer(context, record);
}

function checkStatus(status: Status, id: string): void {
  if (status === "running" || status === "paused") return;
  throw new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running: it is ${status}`, {
    hint: "only what runs can be checkpointed",
  });
}

/** criu reads the memory of other processes, and makes processes with ids of its choice. */
export function checkRoot(what: string): void {
  const { euid, inUserNamespace } = gatherFacts();
  if (euid !== 0 || inUserNamespace) throw new ContainerError("unsupported", `${what} needs root of the host`);
}

function withPaths(options: CheckpointOptions, record: ContainerRecord): DumpOptions {
  const imagePath = absolutePath(options.imagePath);
  if (options.parentPath !== undefined) checkParent(imagePath, options.parentPath);
  return { ...options, imagePath, workPath: absolutePath(options.workPath), configFile: criuConfigFile(record.annotations) };
}

/** Images may be moved together, and so name each other by relative paths. The directory of the new ones may still be missing. */
function checkParent(imagePath: string, parentPath: string): void {
  const what = `--parent-path ${JSON.stringify(parentPath)}`;
  if (parentPath.startsWith("/")) throw new ContainerError("arguments-invalid", `${what}: it must be relative to the image path`);
  makePrivateDirectory(imagePath);
  if (isThere(`${imagePath}/${parentPath}`)) return;
  throw new ContainerError("arguments-invalid", `${what}: there is no such directory, from ${JSON.stringify(imagePath)}`, {
    hint: "it names the images of an earlier checkpoint with --pre-dump",
  });
}

interface Dump {
  readonly program: string;
  readonly options: DumpOptions;
  readonly wasPaused: boolean;
}

function dump(context: RuntimeContext, record: ContainerRecord, { program, options, wasPaused }: Dump): void {
  for (const path of [options.imagePath, options.workPath]) makePrivateDirectory(path);
  const plan = planAgain(context, record);
  const bound = plan.rootfs.mounts.filter(({ kind }) => kind === "bind").map(({ destination }) => destination);
  const saved = tiesOf(record.pid, bound, plan.namespaces);
  if (!options.preDump) writeSaved(options.imagePath, saved, descriptorsOf(record.pid));
  const manager = openManager(record);
  const { paths } = manager.saved();
  const subject = { pid: record.pid, rootfs: record.rootfs, freezer: paths["freezer"] ?? paths[""], saved };
  try {
    runCriu({
      program,
      args: dumpArguments(subject, options),
      env: environmentOf(context),
      log: `${options.workPath}/dump.log`,
      keep: options.statusFd === undefined ? [] : [options.statusFd],
      quiet: true,
    });
  } finally {
    // A criu that was killed half way leaves it frozen.
    if (!wasPaused && manager.isFrozen()) manager.thaw();
  }
}

/** The plan by which the container was made, for its mounts and namespaces. */
function planAgain(context: RuntimeContext, record: ContainerRecord): Plan {
  return planContainer(parseConfig(readConfigCopy(context.root, record.id)), gatherFacts(), {
    id: record.id,
    bundle: record.bundle,
    noPivot: false,
    newKeyring: record.ownKeyring,
    cgroupManager: record.cgroup.manager,
    rootless: context.rootless,
    seccompReceiver: seccompReceiver(context),
  });
}
