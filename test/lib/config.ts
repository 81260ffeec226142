// SPDX-License-Identifier: Apache-2.0
/** The config.json that tests begin with: what `spec` of any runtime writes, by hand, so that it owes nothing to the one under test. */
import { cgroupV2 } from "./lane.ts";

export interface TestMount {
  destination: string;
  type?: string;
  source?: string;
  options?: string[];
  [member: string]: unknown;
}

export interface TestProcess {
  terminal?: boolean;
  user: { uid: number; gid: number; umask?: number; additionalGids?: number[] };
  args: string[];
  env: string[];
  cwd: string;
  capabilities?: Partial<Record<"bounding" | "effective" | "inheritable" | "permitted" | "ambient", string[]>>;
  rlimits?: { type: string; hard: number; soft: number }[];
  noNewPrivileges?: boolean;
  [member: string]: unknown;
}

export interface TestResources {
  devices?: unknown[];
  memory?: Record<string, unknown>;
  cpu?: Record<string, unknown>;
  pids?: Record<string, unknown>;
  [member: string]: unknown;
}

export interface TestLinux {
  namespaces: { type: string; path?: string }[];
  cgroupsPath: string;
  resources: TestResources;
  maskedPaths: string[];
  readonlyPaths: string[];
  seccomp?: unknown;
  devices?: unknown[];
  [member: string]: unknown;
}

export interface TestConfig {
  ociVersion: string;
  root: { path: string; readonly?: boolean };
  hostname?: string;
  process: TestProcess;
  mounts: TestMount[];
  hooks?: Record<string, unknown[]>;
  annotations?: Record<string, string>;
  linux: TestLinux;
  [member: string]: unknown;
}

/** The fourteen capabilities that container engines grant by default. */
export const DEFAULT_CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

function defaultMounts(): TestMount[] {
  return [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev", "relatime", "ro"] },
  ];
}

/** A config whose process prints nothing and succeeds; everything in it may be changed by a test. */
export function defaultConfig(cgroupsPath: string): TestConfig {
  const namespaces = ["pid", "network", "ipc", "uts", "mount", ...(cgroupV2 ? ["cgroup"] : [])];
  return {
    ociVersion: "1.0.2",
    root: { path: "rootfs" },
    hostname: "test-host",
    process: {
      user: { uid: 0, gid: 0 },
      args: ["true"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: { bounding: DEFAULT_CAPABILITIES, effective: DEFAULT_CAPABILITIES, permitted: DEFAULT_CAPABILITIES },
      noNewPrivileges: true,
    },
    mounts: defaultMounts(),
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      cgroupsPath,
      resources: { devices: [{ allow: false, access: "rwm" }] },
      maskedPaths: ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/sys/firmware"],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}

/** Removes a namespace, so that the container shares it with the host; or replaces it by one with a path. */
export function setNamespace(config: TestConfig, type: string, path?: string | null): void {
  config.linux.namespaces = config.linux.namespaces.filter((namespace) => namespace.type !== type);
  if (path === undefined) config.linux.namespaces.push({ type });
  else if (path !== null) config.linux.namespaces.push({ type, path });
}

/** The mount of `destination`; throws where the config has none. */
export function mountOf(config: TestConfig, destination: string): TestMount {
  const mount = config.mounts.find((entry) => entry.destination === destination);
  if (!mount) throw new Error(`the test's config has no mount on "${destination}"`);
  return mount;
}

/** Adds a user namespace that maps the container's ids to `base` and above. */
export function mapUsers(config: TestConfig, base: number, size = 65536): void {
  setNamespace(config, "user");
  config.linux["uidMappings"] = [{ containerID: 0, hostID: base, size }];
  config.linux["gidMappings"] = [{ containerID: 0, hostID: base, size }];
}
