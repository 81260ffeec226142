// SPDX-License-Identifier: Apache-2.0
/** `root`, `mounts`, `linux.devices` and the path lists: the file system that the container sees. */
import type { Config } from "../spec/types.ts";
import { annotation } from "./annotations.ts";
import { planSystemdHierarchy } from "./cgroup-places.ts";
import { planDevices } from "./devices.ts";
import { oneOf, quote, type Report } from "./errors.ts";
import { planMounts } from "./mounts.ts";
import { mapToHost, type Isolations } from "./namespaces.ts";
import { cleanPath, fromBundle } from "./paths.ts";
import { planSelinux } from "./process.ts";
import type { HostFacts, MountPlan, Propagation, RootfsPlan } from "./types.ts";

export interface RootfsContext {
  readonly bundle: string;
  readonly noPivot: boolean;
  readonly isolations: Isolations;
  readonly facts: HostFacts;
}

/** `linux.rootfsPropagation`; the spec's four names, and the recursive ones that mount(8) and every engine know. */
const propagations = new Map<string, { readonly type: Propagation; readonly recursive: boolean }>();
for (const type of ["shared", "slave", "private", "unbindable"] as const) {
  propagations.set(type, { type, recursive: false });
  propagations.set(`r${type}`, { type, recursive: true });
}

/** Where the config is silent nothing propagates in either direction. */
const defaultPropagation = { type: "private", recursive: true } as const;

const none: readonly string[] = [];

export function planRootfs(config: Config, context: RootfsContext, report: Report): RootfsPlan {
  const { isolations, facts } = context;
  const linux = config.linux ?? {};
  const ownUser = isolations.isOwn("user");
  const mountLabel = planSelinux(linux.mountLabel, facts, "linux.mountLabel", report);
  const mounts = planOwnMounts(config, context, mountLabel, report);
  const setUpDev = isolations.isOwn("mount") && !mounts.some((mount) => mount.kind === "bind" && mount.destination === "/dev");
  warnOfSysfs(mounts, isolations, report);
  return {
    path: planRoot(config, context.bundle, report),
    readonly: config.root?.readonly ?? false,
    propagation: planPropagation(linux.rootfsPropagation, report),
    mounts,
    devices: planDevices(linux.devices, setUpDev, report),
    bindDevices: ownUser || facts.inUserNamespace,
    setUpDev,
    maskedPaths: planPaths(linux.maskedPaths, "linux.maskedPaths", report),
    readonlyPaths: planPaths(linux.readonlyPaths, "linux.readonlyPaths", report),
    noPivot: context.noPivot,
    rootUid: ownUser ? (mapToHost(linux.uidMappings ?? [], 0) ?? facts.euid) : facts.euid,
    rootGid: ownUser ? (mapToHost(linux.gidMappings ?? [], 0) ?? facts.egid) : facts.egid,
    mountLabel,
    ownMountNamespace: isolations.isOwn("mount"),
    ownCgroupNamespace: isolations.isOwn("cgroup"),
    ownNetworkNamespace: isolations.isOwn("network"),
  };
}

/** Without a mount namespace of its own the container gets no mounts: they would be the host's, and outlive the container. */
function planOwnMounts(
  config: Config,
  context: RootfsContext,
  mountLabel: string | undefined,
  report: Report,
): readonly MountPlan[] {
  const { isolations, facts } = context;
  const plans = planMounts(
    config.mounts ?? [],
    {
      bundle: context.bundle,
      cgroupMode: facts.cgroupMode,
      newUserNamespace: isolations.isNew("user"),
      ownUserNamespace: isolations.isOwn("user"),
      unprivileged: facts.euid !== 0,
      uidMappings: config.linux?.uidMappings ?? [],
      gidMappings: config.linux?.gidMappings ?? [],
      mountLabel,
      systemdHierarchy: planSystemdHierarchy(config, facts.cgroupMode, report),
      labelOption: annotation(config, "mountContextType") ?? "context",
    },
    report,
  );
  if (isolations.isOwn("mount")) return plans;
  checkWithoutMountNamespace(config, plans.length, report);
  return [];
}

function checkWithoutMountNamespace(config: Config, mounts: number, report: Report): void {
  const hint = 'add {"type": "mount"} to linux.namespaces';
  for (const field of ["maskedPaths", "readonlyPaths"] as const) {
    if ((config.linux?.[field]?.length ?? 0) > 0) {
      report.refuse(
        `linux.${field}`,
        "is given, and paths cannot be restricted without a mount namespace of the container's own",
        hint,
      );
    }
  }
  if (config.root?.readonly === true) {
    report.refuse(
      "root.readonly",
      "is true, and the root cannot be made read-only without a mount namespace of the container's own",
      hint,
    );
  }
  if ((config.linux?.rootfsPropagation ?? "") !== "")
    report.warn("linux.rootfsPropagation", "is ignored, because the container shares the host's mount namespace");
  if (mounts > 0) report.warn("mounts", "is ignored, because the container shares the host's mount namespace");
}

function planRoot(config: Config, bundle: string, report: Report): string {
  const path = config.root?.path ?? "";
  if (path === "") report.refuse("root.path", "is missing, and must be the directory of the root file system");
  else if (path.includes("\0")) report.refuse("root.path", `is ${quote(path)}, and must not contain NUL`);
  return fromBundle(path, bundle);
}

function planPropagation(value: string | undefined, report: Report): RootfsPlan["propagation"] {
  if (value === undefined || value === "") return defaultPropagation;
  const found = propagations.get(value);
  if (found === undefined)
    report.refuse("linux.rootfsPropagation", `is ${quote(value)}, and must be ${oneOf(propagations.keys())}`);
  return found ?? defaultPropagation;
}

/** Cleaned absolute paths, each once. */
function planPaths(paths: readonly string[] | undefined, at: string, report: Report): readonly string[] {
  if (paths === undefined || paths.length === 0) return none;
  const found = new Set<string>();
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index] ?? "";
    if (!path.startsWith("/") || path.includes("\0"))
      report.refuse(`${at}[${index}]`, `is ${quote(path)}, and must be an absolute path`);
    const cleaned = cleanPath(path);
    if (cleaned === "/") {
      const hint = at.endsWith("readonlyPaths") ? "make the root read-only with root.readonly" : undefined;
      report.refuse(`${at}[${index}]`, `is ${quote(path)}, and nothing can be put over the root itself`, hint);
    }
    found.add(cleaned);
  }
  return [...found];
}

/** sysfs shows the network namespace's devices: the kernel lets only the namespace's owner mount it. */
function warnOfSysfs(mounts: readonly MountPlan[], isolations: Isolations, report: Report): void {
  if (!isolations.isOwn("user") || isolations.isOwn("network")) return;
  for (const mount of mounts) {
    if (mount.kind === "new" && mount.type === "sysfs") {
      report.warn(`mounts[${mount.index}]`, "sysfs shows the host's network, and is bind-mounted from the host instead");
    }
  }
}
