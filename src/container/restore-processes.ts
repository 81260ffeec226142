// SPDX-License-Identifier: Apache-2.0
/** The call of criu that brings the processes of a container back, in their cgroup and with what ties them to this host. */
import type { CgroupManager } from "../cgroup/manager.ts";
import { openOwnTerminal } from "../console/own-terminal.ts";
import { connectConsoleSocket, sendTerminal } from "../console/socket.ts";
import type { Terminal } from "../console/terminal.ts";
import { namespaceKey, restoreArguments, type RestoreSubject } from "../criu/arguments.ts";
import { openNamespaceFile, readPidFile } from "../criu/config-file.ts";
import { notMounted } from "../criu/container-ties.ts";
import { sharedMountPoint, sourceOf } from "../criu/externals.ts";
import type { RestoreOptions } from "../criu/options.ts";
import { runCriu } from "../criu/program.ts";
import type { SavedImages } from "../criu/saved.ts";
import type { Fd } from "../linux/fd.ts";
import { openBelow, RestoreSources } from "../rootfs/restore-sources.ts";
import { environmentOf, type RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import type { Prepared } from "./prepare.ts";

export interface RestoreProcesses {
  readonly context: RuntimeContext;
  readonly prepared: Prepared;
  readonly program: string;
  readonly criu: RestoreOptions;
  readonly images: SavedImages;
  readonly manager: CgroupManager;
  /** The mount that becomes the container's root. */
  readonly root: string;
  readonly pidFile: string;
  /** A directory that may be made, for what criu mounts. */
  readonly sources: string;
  readonly stopped: boolean;
  readonly consoleSocket: string | undefined;
}

export interface RestoredProcesses {
  readonly pid: number;
  /** The terminal's master, when the runtime keeps it. */
  readonly terminal: Fd | undefined;
}

/** Runs criu. Throws with what its log says. */
export function restoreProcesses(restore: RestoreProcesses): RestoredProcesses {
  const { prepared, images } = restore;
  const terminal = images.container.terminal === undefined ? undefined : openOwnTerminal(prepared.plan.process?.consoleSize);
  const namespaces = openNamespaces(restore);
  try {
    callCriu(restore, { terminal, namespaces });
  } finally {
    terminal?.slave.close();
    for (const { file } of namespaces) file.close();
  }
  return { pid: Number(readPidFile(restore.pidFile)), terminal: handOver(terminal, restore.consoleSocket) };
}

interface NamespaceTie {
  readonly file: Fd;
  readonly key: string;
}

/** The namespaces that were outside of the container when it was checkpointed, as the config names them now. */
function openNamespaces({ prepared, images }: RestoreProcesses): NamespaceTie[] {
  return images.container.namespaces.map(({ kind }) => {
    const type = kind === "net" ? "network" : "pid";
    const path = prepared.plan.namespaces.join.find((join) => join.type === type)?.path;
    if (path !== undefined) return { file: openNamespaceFile(path), key: namespaceKey(kind) };
    throw new ContainerError("config-refused", `the checkpoint is of a container in a ${type} namespace of others`, {
      hint: `name one with a path in linux.namespaces of config.json`,
    });
  });
}

interface Ties {
  readonly terminal: Terminal | undefined;
  readonly namespaces: readonly NamespaceTie[];
}

function callCriu(restore: RestoreProcesses, { terminal, namespaces }: Ties): void {
  const { context, criu, images, manager } = restore;
  const inherit = images.descriptors.flatMap((key, fd) => (key.startsWith("pipe:") ? [{ fd, key }] : []));
  for (const { file, key } of namespaces) inherit.push({ fd: file.number, key });
  const key = images.container.terminal;
  if (terminal !== undefined && key !== undefined) inherit.push({ fd: terminal.slave.number, key });
  using sources = new RestoreSources(restore.sources);
  const subject: RestoreSubject = { ...restore, mounts: mountTies(restore, terminal, sources), inherit };
  using entrance = manager.entrance();
  runCriu({
    program: restore.program,
    args: restoreArguments(subject, criu),
    env: environmentOf(context),
    log: `${criu.workPath}/restore.log`,
    keep: inherit.map(({ fd }) => fd).filter((fd) => fd > 2),
    quiet: false,
    cgroup: entrance.target,
    enter: () => {
      entrance.enter();
    },
    admit: (pid) => {
      entrance.admit(pid);
    },
  });
}

function mountTies(
  { images, prepared, manager }: RestoreProcesses,
  terminal: Terminal | undefined,
  sources: RestoreSources,
): RestoreSubject["mounts"] {
  const host = { rootfs: prepared.plan.rootfs, cgroups: manager.hierarchies(), terminal: terminal?.name };
  return images.container.mounts.map((destination) => {
    const source = sourceOf(destination, host);
    const point = sharedMountPoint(destination, host.rootfs);
    if (point !== undefined) openBelow(point.path, point.below).close();
    if (source !== undefined)
      return { destination, source: source.below === "" ? source.path : sources.add(source.path, source.below) };
    throw new ContainerError(
      "config-refused",
      `the checkpoint has a mount on ${JSON.stringify(destination)} that config.json does not name`,
      {
        hint: "restore with the config.json that the container was created from",
      },
    );
  });
}

/**
 * The mounts whose mount points others may change: criu goes there by path, and follows a link that was put there meanwhile. So what
 * was restored must not run before checkMounts() has seen where they are.
 */
export function sharedMounts(images: SavedImages, prepared: Prepared): string[] {
  return images.container.mounts.filter((place) => sharedMountPoint(place, prepared.plan.rootfs) !== undefined);
}

/** Throws ContainerError "config-refused" where the restored process `pid` lacks one of `mounts`. */
export function checkMounts(pid: number, mounts: readonly string[]): void {
  if (mounts.length === 0) return;
  const [missing] = notMounted(pid, mounts);
  if (missing === undefined) return;
  throw new ContainerError("config-refused", `criu has mounted elsewhere what belongs on ${JSON.stringify(missing)}`, {
    hint: "somebody changes directories in the volume that it lies in, while the container is restored",
  });
}

/** The master goes to the engine, or stays for the foreground. */
function handOver(terminal: Terminal | undefined, consoleSocket: string | undefined): Fd | undefined {
  if (terminal === undefined || consoleSocket === undefined) return terminal?.master;
  using socket = connectConsoleSocket(consoleSocket);
  sendTerminal(socket, terminal);
  terminal.master.close();
  return undefined;
}
