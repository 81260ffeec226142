// SPDX-License-Identifier: Apache-2.0
/** The command lines of criu(8). Pure. */
import type { DumpOptions, RestoreOptions } from "./options.ts";
import type { ExternalKind, SavedContainer } from "./saved.ts";

/** Under this name an image knows a namespace of another host. */
export function namespaceKey(kind: ExternalKind): string {
  return kind === "net" ? "extRootNetNS" : "extRootPidNS";
}

export interface DumpSubject {
  /** Of init, as the host sees it. */
  readonly pid: number;
  readonly rootfs: string;
  /** Of the freezer that holds all of the container. */
  readonly freezer: string | undefined;
  readonly saved: SavedContainer;
}

/** `criu dump`, or `criu pre-dump`. */
export function dumpArguments(subject: DumpSubject, options: DumpOptions): string[] {
  const { saved, pid, rootfs, freezer } = subject;
  return [
    options.preDump ? "pre-dump" : "dump",
    ...["--tree", String(pid), "--root", rootfs],
    ...common(options, "dump.log"),
    `--manage-cgroups=${options.cgroupsMode ?? "soft"}`,
    ...value("--freeze-cgroup", freezer),
    ...flag("--leave-running", options.leaveRunning && !options.preDump),
    ...flag("--track-mem", options.preDump || options.parentPath !== undefined),
    ...value("--prev-images-dir", options.parentPath),
    ...flag("--link-remap", options.linkRemap),
    ...flag("--skip-in-flight", options.tcpSkipInFlight),
    ...value("--status-fd", options.statusFd === undefined ? undefined : String(options.statusFd)),
    ...pageServer(options),
    ...saved.mounts.flatMap((destination) => ["--external", `mnt[${destination}]:${destination}`]),
    ...saved.namespaces.flatMap(({ kind, inode }) => ["--external", `${kind}[${inode}]:${namespaceKey(kind)}`]),
    ...value("--external", saved.terminal),
  ];
}

function pageServer({ pageServer: server, lazyPages }: DumpOptions): string[] {
  if (server === undefined) return [];
  // With lazy pages criu is the server itself, and the address is where it listens.
  return [...flag("--page-server", !lazyPages), "--address", server.address, "--port", server.port];
}

export interface RestoreSubject {
  /** A mount that becomes the container's root. */
  readonly root: string;
  readonly pidFile: string;
  /** External mounts with where they are on this host. */
  readonly mounts: readonly { readonly destination: string; readonly source: string }[];
  /** Descriptors that stand for something outside: `pipe:[…]`, a terminal, a namespace. */
  readonly inherit: readonly { readonly fd: number; readonly key: string }[];
  /** Nothing runs before the caller lets it. */
  readonly stopped: boolean;
}

/** `criu restore`; the restored init is a child of criu's parent. */
export function restoreArguments(subject: RestoreSubject, options: RestoreOptions): string[] {
  return [
    "restore",
    ...["--restore-detached", "--restore-sibling", "--pidfile", subject.pidFile, "--root", subject.root],
    ...common(options, "restore.log"),
    // criu is started in the container's cgroup, which has its limits already.
    `--manage-cgroups=${options.cgroupsMode ?? "ignore"}`,
    ...flag("--leave-stopped", subject.stopped),
    ...flag("--tcp-close", options.tcpClose),
    ...value("--lsm-profile", options.lsmProfile),
    ...value("--lsm-mount-context", options.lsmMountContext),
    ...subject.mounts.flatMap(({ destination, source }) => ["--external", `mnt[${destination}]:${source}`]),
    ...subject.inherit.flatMap(({ fd, key }) => ["--inherit-fd", `fd[${fd}]:${key}`]),
  ];
}

function common(options: DumpOptions | RestoreOptions, log: string): string[] {
  return [
    ...["--images-dir", options.imagePath, "--work-dir", options.workPath, "--log-file", log, "-v4"],
    ...["--evasive-devices", "--force-irmap"],
    ...value("--config", options.configFile),
    ...flag("--tcp-established", options.tcpEstablished),
    ...flag("--ext-unix-sk", options.extUnixSk),
    ...flag("--shell-job", options.shellJob),
    ...flag("--file-locks", options.fileLocks),
    ...flag("--auto-dedup", options.autoDedup),
    ...flag("--lazy-pages", options.lazyPages),
    ...value("--empty-ns", options.emptyNetwork ? "net" : undefined),
    ...value("--network-lock", options.networkLock),
  ];
}

function flag(name: string, on: boolean): string[] {
  return on ? [name] : [];
}

function value(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : [name, text];
}
