// SPDX-License-Identifier: Apache-2.0
/** The bundles of the arm64 guest, by name. All of them have the root /rootfs, which guest/checks.sh makes. */
import { DEFAULT_CAPABILITIES, defaultConfig, mapUsers, setNamespace } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { readFixture } from "../lib/fixture.ts";

const SLEEP = ["sleep", "1000"];

function bundle(
  name: string,
  args: readonly string[],
  change: (config: TestConfig) => void = () => undefined,
): [string, TestConfig] {
  const config = defaultConfig(`/${name}`);
  config.root.path = "/rootfs";
  config.hostname = "arm";
  config.process.args = [...args];
  setNamespace(config, "cgroup", null);
  setNamespace(config, "cgroup");
  change(config);
  return [name, config];
}

function limited(config: TestConfig): void {
  config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 77, hard: 99 }];
  config.process.user.umask = 0o027;
  config.mounts.push({ destination: "/ro", type: "bind", source: "/tree", options: ["rbind", "rro"] });
  Object.assign(config.linux.resources, {
    memory: { limit: 64 << 20, swap: 64 << 20 },
    pids: { limit: 9 },
    cpu: { quota: 50_000, period: 100_000, cpus: "0" },
  });
}

function mapped(config: TestConfig): void {
  mapUsers(config, 100_000);
  setNamespace(config, "time");
  config.linux["timeOffsets"] = { boottime: { secs: 4_000_000, nanosecs: 0 } };
  config.mounts.push({ destination: "/mapped", type: "bind", source: "/shared", options: ["bind", "idmap"] });
}

/** Docker's default profile, as it is on arm64, and a capability for calls that the profile refuses. */
function filtered(architectures: readonly string[]): (config: TestConfig) => void {
  return (config) => {
    const profile = readFixture("docker-default").linux.seccomp;
    config.linux.seccomp = { ...(profile as object), architectures };
    const all = [...DEFAULT_CAPABILITIES, "CAP_SYS_ADMIN"];
    config.process.capabilities = { bounding: all, effective: all, permitted: all };
  };
}

/** Name and config of each bundle. */
export const bundles: ReadonlyMap<string, TestConfig> = new Map([
  bundle("echo", ["sh", "-c", "echo $(uname -m) $$ $(hostname)"]),
  bundle("seven", ["sh", "-c", "exit 7"]),
  bundle("terminal", ["tty"], (config) => (config.process.terminal = true)),
  bundle("plain", SLEEP, limited),
  bundle("user", ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"], mapped),
  bundle("seccomp", SLEEP, filtered(["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"])),
  bundle("native", SLEEP, filtered(["SCMP_ARCH_AARCH64"])),
]);

/** What a system call of the profile's says: its number on arm64, its first argument, and the errno that must come back. */
interface Call {
  readonly name: string;
  readonly number: number;
  readonly argument?: number;
  readonly errno: number;
}

const EPERM = 1;
const EFAULT = 14;
const ENOSYS = 38;

/** Allowed calls reach the kernel, which finds their arguments wanting; refused ones would too, if they got there. */
export const calls: readonly Call[] = [
  { name: "getpid", number: 172, errno: 0 },
  { name: "openat", number: 56, errno: EFAULT },
  { name: "mkdirat", number: 34, errno: EFAULT },
  { name: "openat2", number: 437, errno: 22 },
  { name: "mount", number: 40, errno: EPERM },
  { name: "unshare", number: 97, errno: EPERM },
  { name: "setns", number: 268, errno: EPERM },
  { name: "mount_setattr", number: 442, errno: EPERM },
  { name: "clone-of-a-user-namespace", number: 220, argument: 0x1000_0000, errno: EPERM },
  { name: "clone3", number: 435, errno: ENOSYS },
  { name: "personality-linux", number: 92, argument: 0, errno: 0 },
  { name: "personality-other", number: 92, argument: 0x4_0000, errno: EPERM },
  { name: "younger-than-the-profile", number: 450, errno: ENOSYS },
  { name: "unknown", number: 999, errno: ENOSYS },
];
