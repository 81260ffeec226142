// SPDX-License-Identifier: Apache-2.0
/** The facts of this host that a plan depends on, each found out when it is first asked for. */
import { capabilityNumber } from "../linux/capability-names.ts";
import { getBoundingSet, inBoundingSet } from "../linux/capability.ts";
import { isErrno } from "../linux/errors.ts";
import { readFile, readFileIfAny } from "../linux/file.ts";
import { getEgid, getEuid, kernelName } from "../linux/identity.ts";
import { isFullIdMap, parseIdMap } from "../linux/proc/id-map.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { CGROUP2_SUPER_MAGIC, fileSystemMagic, SELINUX_MAGIC, statIfAny, type FileStat } from "../linux/stat.ts";
import type { CapabilityState, CgroupMode, HostFacts, NamespaceType } from "../plan/types.ts";
import { cgroupModeOf, mountedControllers } from "./cgroup-mounts.ts";
import { parseKernelRelease } from "./kernel-release.ts";

/** Names of the files below /proc/PID/ns. namespaces(7) */
const namespaceFiles: Readonly<Record<NamespaceType, string>> = {
  user: "user",
  mount: "mnt",
  pid: "pid",
  network: "net",
  ipc: "ipc",
  uts: "uts",
  cgroup: "cgroup",
  time: "time",
};

/** Of the file of the user namespace that the kernel begins with, on every kernel: PROC_USER_INIT_INO of its proc_ns.h. */
const initialUserNamespace = 0xeffffffdn;

const cgroupRoot = "/sys/fs/cgroup";

/** The facts of the running kernel and of this process. Nothing is read before it is needed, and nothing twice. */
export function gatherFacts(): HostFacts {
  return new Host();
}

class Host implements HostFacts {
  readonly #known = new Map<string, unknown>();

  /** A fact by name; `find` runs once. */
  #once<T>(name: string, find: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, find());
    return this.#known.get(name) as T;
  }

  get euid(): number {
    return this.#once("euid", getEuid);
  }

  get egid(): number {
    return this.#once("egid", getEgid);
  }

  get inUserNamespace(): boolean {
    return this.#once("inUserNamespace", () => {
      if (statIfAny("/proc/self/ns/user")?.inode === initialUserNamespace) return false;
      // A kernel without user namespaces has no such file.
      const map = readFileIfAny("/proc/self/uid_map");
      if (map === undefined) return false;
      return !isFullIdMap(parseIdMap(map));
    });
  }

  get setgroupsDenied(): boolean {
    return this.#once("setgroupsDenied", () => this.inUserNamespace && readFileIfAny("/proc/self/setgroups")?.trim() === "deny");
  }

  get cgroupMode(): CgroupMode {
    return this.#once("cgroupMode", findCgroupMode);
  }

  get cgroupControllers(): readonly string[] {
    return this.#once("cgroupControllers", () => {
      if (this.cgroupMode !== "v2") return mountedControllers(parseMountInfo(readFile("/proc/self/mountinfo")));
      const text = readFile(`${cgroupRoot}/cgroup.controllers`).trim();
      return text === "" ? [] : text.split(" ");
    });
  }

  get apparmor(): boolean {
    return this.#once("apparmor", () => readFileIfAny("/sys/module/apparmor/parameters/enabled")?.startsWith("Y") === true);
  }

  get selinux(): boolean {
    return this.#once("selinux", () => magicIfAny("/sys/fs/selinux") === SELINUX_MAGIC);
  }

  get kernel(): readonly [number, number] {
    return this.#once("kernel", () => parseKernelRelease(kernelName().release));
  }

  isOwnNamespace(type: NamespaceType, path: string): boolean {
    const own = statIfAny(`/proc/self/ns/${namespaceFiles[type]}`);
    const other = namespaceFile(path);
    return own !== undefined && other !== undefined && own.inode === other.inode && own.deviceMinor === other.deviceMinor;
  }

  get #boundingSet(): bigint {
    return this.#once("boundingSet", getBoundingSet);
  }

  capability(name: string): CapabilityState {
    const number = capabilityNumber(name);
    if (number === undefined) return "unknown";
    if ((this.#boundingSet & (1n << BigInt(number))) !== 0n) return "held";
    return inBoundingSet(number) === undefined ? "unknown" : "known";
  }
}

/** Two statfs(2) tell nearly always; the mount table is read only where /sys/fs/cgroup is not laid out as usual. */
function findCgroupMode(): CgroupMode {
  if (magicIfAny(cgroupRoot) === CGROUP2_SUPER_MAGIC) return "v2";
  if (magicIfAny(`${cgroupRoot}/unified`) === CGROUP2_SUPER_MAGIC) return "hybrid";
  const mode = cgroupModeOf(parseMountInfo(readFile("/proc/self/mountinfo")));
  // Without any cgroups only a container that needs none can run; v2 is what its kernel would have.
  return mode ?? "v2";
}

/** Of a process that this one may not look into there is nothing to be known; joining it will be refused with its own reason. */
function namespaceFile(path: string): FileStat | undefined {
  try {
    return statIfAny(path);
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

function magicIfAny(path: string): number | undefined {
  try {
    return fileSystemMagic(path);
  } catch (error) {
    // ENOENT, EACCES: whatever would be mounted there is not for this process.
    if (isErrno(error, "ENOENT", "EACCES")) return undefined;
    throw error;
  }
}
