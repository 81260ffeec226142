// SPDX-License-Identifier: Apache-2.0
/** The configuration that `spec` writes: a shell in a read-only root file system, with the protections of a careful engine. */
import { stringifyJson } from "./json.ts";
import type { Config, IdMapping, Linux, Mount } from "./types.ts";
import { OCI_VERSION } from "./version.ts";

/** Whom a rootless configuration is for: ids on the host that become root in the container. */
export interface Rootless {
  readonly uid: number;
  readonly gid: number;
}

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];
const LOCKED_DOWN = ["nosuid", "noexec", "nodev"];

const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/sys/firmware",
  "/proc/scsi",
];
const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The text of the file, indented with tabs and without a final line break. */
export function defaultConfigText(rootless?: Rootless): string {
  return stringifyJson(defaultConfig(rootless), "\t");
}

/** The configuration; for `rootless`, one that this user may run without privileges. */
export function defaultConfig(rootless?: Rootless): Config {
  return {
    ociVersion: OCI_VERSION,
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ["sh"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "runt",
    mounts: mounts(rootless !== undefined),
    linux: rootless ? rootlessLinux(rootless) : linux(),
  };
}

/** A group that is not mapped cannot own terminals, and a sysfs of a network namespace that is not one's own cannot be mounted. */
function mounts(rootless: boolean): readonly Mount[] {
  const tty = rootless ? [] : ["gid=5"];
  const sys: Mount = rootless
    ? { destination: "/sys", type: "none", source: "/sys", options: ["rbind", ...LOCKED_DOWN, "ro"] }
    : { destination: "/sys", type: "sysfs", source: "sysfs", options: [...LOCKED_DOWN, "ro"] };
  return [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", ...tty],
    },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...LOCKED_DOWN, "mode=1777", "size=65536k"] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: LOCKED_DOWN },
    sys,
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [...LOCKED_DOWN, "relatime", "ro"] },
  ];
}

function linux(): Linux {
  return {
    resources: { devices: [{ allow: false, access: "rwm" }] },
    namespaces: [{ type: "pid" }, { type: "network" }, { type: "ipc" }, { type: "uts" }, { type: "mount" }, { type: "cgroup" }],
    maskedPaths: MASKED_PATHS,
    readonlyPaths: READONLY_PATHS,
  };
}

function rootlessLinux({ uid, gid }: Rootless): Linux {
  const asRoot = (hostID: number): readonly IdMapping[] => [{ containerID: 0, hostID, size: 1 }];
  return {
    uidMappings: asRoot(uid),
    gidMappings: asRoot(gid),
    namespaces: [{ type: "pid" }, { type: "ipc" }, { type: "uts" }, { type: "mount" }, { type: "cgroup" }, { type: "user" }],
    maskedPaths: MASKED_PATHS,
    readonlyPaths: READONLY_PATHS,
  };
}
