// SPDX-License-Identifier: Apache-2.0
/** `mounts`: what kind each is, where it goes and with which flags. */
import type { Mount } from "../spec/types.ts";
import { annotationPlace } from "./annotations.ts";
import { oneOf, quote, type Report } from "./errors.ts";
import { planIdMap, type IdMapContext } from "./idmap.ts";
import { readMountOptions, superblockFlags, type MountOptions } from "./mount-options.ts";
import { mapToHost } from "./namespaces.ts";
import { cleanPath, fromBundle, isBelow } from "./paths.ts";
import type { CgroupMode, MountPlan } from "./types.ts";

/** What the mounts depend on beside their own entry. */
export interface MountContext extends IdMapContext {
  readonly bundle: string;
  readonly cgroupMode: CgroupMode;
  /** A new user namespace: `uid=` and `gid=` options must be mapped in it. */
  readonly newUserNamespace: boolean;
  /** The caller is not root. */
  readonly unprivileged: boolean;
  readonly mountLabel: string | undefined;
  /** `run.oci.mount_context_type`: which SELinux option carries the label. */
  readonly labelOption: string;
  /** `run.oci.systemd.force_cgroup_v1`: the destination where the v1 hierarchy of systemd is to be, whatever is mounted there. */
  readonly systemdHierarchy: string | undefined;
}

/** Files of /proc that lxcfs emulates; anything else below /proc could hide the files that security depends on. */
const procFiles: ReadonlySet<string> = new Set([
  "/proc/cpuinfo",
  "/proc/diskstats",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/slabinfo",
  "/proc/stat",
  "/proc/swaps",
  "/proc/sys/crypto/fips_enabled",
  "/proc/sys/kernel/ns_last_pid",
  "/proc/uptime",
]);

/** File systems that refuse a SELinux `context=` option. */
const unlabelledTypes: ReadonlySet<string> = new Set(["proc", "sysfs", "mqueue", "cgroup", "cgroup2"]);

/** The names that the SELinux label of a mount can travel under (mount(8)). */
const labelOptions = ["context", "fscontext", "defcontext", "rootcontext"];

const none: readonly string[] = [];

/** Decides every mount, in the order of the config. */
export function planMounts(mounts: readonly Mount[], context: MountContext, report: Report): MountPlan[] {
  if (!labelOptions.includes(context.labelOption)) {
    report.refuse(annotationPlace("mountContextType"), `is ${quote(context.labelOption)}, and must be ${oneOf(labelOptions)}`);
  }
  return mounts.map((mount, index) => planMount(mount, index, context, report));
}

function planMount(mount: Mount, index: number, context: MountContext, report: Report): MountPlan {
  const at = `mounts[${index}]`;
  checkNul(mount, at, report);
  const options = readMountOptions(mount.options ?? none);
  const destination = planDestination(mount.destination, at, report);
  const forced = destination === context.systemdHierarchy;
  const kind = forced ? "cgroup" : kindOf(mount, options, context.cgroupMode);
  checkOptions(mount, options, kind, at, context, report);
  checkProc(kind, mount.type ?? "", destination, at, report);
  const type = forced ? "cgroup" : typeOf(mount, kind, options, context.cgroupMode);
  return {
    index,
    kind,
    destination,
    type,
    source: kind === "bind" ? planSource(mount, at, context.bundle, report) : (mount.source ?? type),
    recursiveBind: options.bind === "rbind",
    set: options.set,
    clear: options.clear,
    recursiveSet: options.recursiveSet,
    recursiveClear: options.recursiveClear,
    propagation: options.propagation,
    data: options.data,
    tmpcopyup: options.tmpcopyup,
    sourceNoFollow: options.sourceNoFollow,
    destinationNoFollow: options.destinationNoFollow,
    copySymlink: options.copySymlink,
    idmap: kind === "bind" ? planIdMap(mount, options, at, context, report) : undefined,
    label: planLabel(kind, type, options, context),
  };
}

function checkNul(mount: Mount, at: string, report: Report): void {
  for (const field of ["destination", "source", "type"] as const) {
    if (mount[field]?.includes("\0") === true) {
      report.refuse(`${at}.${field}`, `is ${quote(mount[field])}, and must not contain NUL`);
    }
  }
  const options = mount.options ?? none;
  for (let index = 0; index < options.length; index++) {
    const option = options[index];
    if (option?.includes("\0") === true)
      report.refuse(`${at}.options[${index}]`, `is ${quote(option)}, and must not contain NUL`);
  }
}

function planDestination(destination: string, at: string, report: Report): string {
  if (destination === "") report.refuse(`${at}.destination`, 'is "", and must be an absolute path');
  else if (!destination.startsWith("/")) {
    report.warn(`${at}.destination`, `is ${quote(destination)}; a relative path is deprecated and taken as relative to "/"`);
  }
  return cleanPath(destination);
}

function kindOf(mount: Mount, options: MountOptions, mode: CgroupMode): MountPlan["kind"] {
  if (options.remount) return "remount";
  if (options.bind !== "no" || mount.type === "bind") return "bind";
  if (mount.type === "cgroup") return "cgroup";
  return mount.type === "cgroup2" && mode === "v2" ? "cgroup" : "new";
}

function typeOf(mount: Mount, kind: MountPlan["kind"], options: MountOptions, mode: CgroupMode): string {
  if (kind === "cgroup") return mode === "v2" ? "cgroup2" : "cgroup";
  if (kind === "bind" || options.bind !== "no") return "bind";
  return mount.type ?? "";
}

/** The source of a bind mount, relative to the bundle. */
function planSource(mount: Mount, at: string, bundle: string, report: Report): string {
  const source = mount.source ?? "";
  if (source === "") report.refuse(`${at}.source`, "is missing, and a bind mount needs one");
  return fromBundle(source, bundle);
}

function checkOptions(
  mount: Mount,
  options: MountOptions,
  kind: MountPlan["kind"],
  at: string,
  context: MountContext,
  report: Report,
): void {
  if (kind === "bind") checkBindOptions(options, at, report);
  else {
    for (const [given, name] of [
      [options.copySymlink, "copy-symlink"],
      [options.sourceNoFollow, "src-nofollow"],
      [options.idmap !== "no", options.idmap],
    ] as const) {
      if (given) report.refuse(`${at}.options`, `has "${name}", which is for bind mounts`);
    }
    if (mount.uidMappings !== undefined || mount.gidMappings !== undefined) {
      report.refuse(at, "has id mappings, which are for bind mounts");
    }
    if (kind === "new" && (mount.type ?? "") === "") report.refuse(`${at}.type`, "is missing, and only a bind mount needs none");
    if (context.newUserNamespace) checkIdOptions(options, at, context, report);
  }
  if (options.tmpcopyup && mount.type !== "tmpfs") {
    report.refuse(`${at}.options`, `has "tmpcopyup", which is for tmpfs, and the type is ${quote(mount.type ?? "")}`);
  }
  if (options.idmap !== "no" && kind === "bind" && context.unprivileged) {
    report.refuse(`${at}.options`, `has "${options.idmap}", and an id-mapped bind mount needs root on the host`);
  }
}

/**
 * A word that is in no table may be a misspelt flag ("readonly"), and ignoring it could open what should be closed. `name=value` is none:
 * mount(2), which it is meant for, ignores it for a bind mount.
 */
function checkBindOptions(options: MountOptions, at: string, report: Report): void {
  const words = options.data.filter((option) => !option.includes("="));
  if (words.length > 0) {
    report.refuse(
      `${at}.options`,
      `has ${words.map(quote).join(", ")}, and a bind mount takes no options of a file system`,
      "remove the options, or the bind option if a new file system is meant",
    );
  } else if (options.data.length > 0) {
    report.warn(`${at}.options`, `has ${options.data.map(quote).join(", ")}, which a bind mount ignores`);
  }
  for (const flag of options.set) {
    if (superblockFlags.has(flag))
      report.warn(`${at}.options`, `has "${flag}", which a bind mount cannot change and which is ignored`);
  }
}

/** The kernel refuses a `uid=` or `gid=` that has no mapping with a bare EINVAL; here it can be said. */
function checkIdOptions(options: MountOptions, at: string, context: MountContext, report: Report): void {
  for (const option of options.data) {
    const mappings = option.startsWith("uid=")
      ? context.uidMappings
      : option.startsWith("gid=")
        ? context.gidMappings
        : undefined;
    if (mappings === undefined) continue;
    const id = Number(option.slice(4));
    if (Number.isInteger(id) && mapToHost(mappings, id) === undefined) {
      const field = option.startsWith("uid=") ? "linux.uidMappings" : "linux.gidMappings";
      report.refuse(`${at}.options`, `has "${option}", and ${field} does not map ${id}`, `remove "${option}" or map the id`);
    }
  }
}

/**
 * Nothing may be put over files of /proc that runt itself or the container's security relies on (CVE-2019-16884). A bind mount on
 * /proc is decided where the source can be looked at: it must be a procfs.
 */
function checkProc(kind: MountPlan["kind"], type: string, destination: string, at: string, report: Report): void {
  if (destination === "/proc") {
    if (kind === "bind" || kind === "remount" || type === "proc") return;
    report.refuse(
      `${at}.destination`,
      `is "/proc" for type ${quote(type)}, and only a file system of type "proc" may be mounted there`,
    );
  } else if (isBelow(destination, "/proc") && !procFiles.has(destination)) {
    if (kind === "remount") return;
    report.refuse(
      `${at}.destination`,
      `is ${quote(destination)}, which cannot be mounted because it is inside /proc`,
      `allowed below /proc are ${oneOf(procFiles)}`,
    );
  }
}

/** The label of a new file system; under another name than `context` it travels with the data. */
function planLabel(kind: MountPlan["kind"], type: string, options: MountOptions, context: MountContext): string | undefined {
  const label = context.mountLabel;
  if (label === undefined || kind !== "new" || unlabelledTypes.has(type)) return undefined;
  if (options.data.some((option) => option.startsWith("context="))) return undefined;
  if (context.labelOption === "context") return label;
  options.data.push(`${context.labelOption}=${label}`);
  return undefined;
}
