// SPDX-License-Identifier: Apache-2.0
/** The container's root while it is set up: the mount, and what later steps need to know of earlier ones. */
import type { Fd } from "../linux/fd.ts";
import { fstat } from "../linux/stat.ts";
import type { CgroupMode, Propagation } from "../plan/types.ts";

function isSameFile(one: Fd, other: Fd): boolean {
  const a = fstat(one);
  const b = fstat(other);
  return a.inode === b.inode && a.deviceMajor === b.deviceMajor && a.deviceMinor === b.deviceMinor;
}

/** One cgroup hierarchy as the container shall see it. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  /** Name of its directory below /sys/fs/cgroup on v1: "memory", "cpu,cpuacct", "systemd", "unified". */
  readonly name: string;
  /** Where the host has it mounted. */
  readonly mountPoint: string;
  /** Absolute directory of the container's own cgroup; undefined when it has none. */
  readonly path: string | undefined;
}

/** What the mounts depend on beside the plan. */
export interface MountContext {
  readonly cgroupMode: CgroupMode;
  readonly cgroups: readonly CgroupHierarchy[];
  /** The caller of the runtime is not root on the host. */
  readonly rootless: boolean;
  /** Trees that the parent has opened by `openSources()`, by index of the mount. */
  readonly sources: ReadonlyMap<number, Fd>;
  readonly warn: (message: string) => void;
}

/** The root and the descriptors that live as long as the set-up. */
export class Root {
  /** The root directory of the container: the mount that becomes "/". */
  readonly fd: Fd;
  /** Propagation that all mounts of this namespace have since makeRootPrivate(). */
  readonly implied: Propagation | undefined;
  /** Roots of the procfs and the sysfs that were mounted new on /proc and /sys, by these names. */
  readonly #kernels = new Map<string, Fd>();
  /** The directory /dev; see devDirectory(). */
  dev: Fd | undefined;
  /** Whether `dev` is a new tmpfs, which holds nothing but what runt made. */
  devIsNew = false;
  /** Whether the nodes directly in /dev were made together with it. */
  devicesMade = false;
  /** File systems that become read-only when nothing is to be made in them any more. */
  readonly readonlyLater: Fd[] = [];

  constructor(fd: Fd, implied: Propagation | undefined) {
    this.fd = fd;
    this.implied = implied;
  }

  /**
   * Root of the file system of the kernel's own that was mounted new on `path`, /proc or /sys, if nothing is mounted over it. To look
   * for it by its path would be to trust the image's directory once more, which may be moved away meanwhile (CVE-2023-27561).
   */
  kernels(path: string): Fd | undefined {
    return this.#kernels.get(path);
  }

  /** `tree` is what is on `path` now, and owned here. */
  keepKernels(path: string, tree: Fd): void {
    this.coverKernels(path);
    this.#kernels.set(path, tree);
  }

  /** Whether `fd` is the root of one of them, by whatever path it was found; then `tree` was mounted on it, and is owned here. */
  replaceKernels(fd: Fd, tree: Fd): boolean {
    for (const [path, own] of this.#kernels) {
      if (!isSameFile(own, fd)) continue;
      this.keepKernels(path, tree);
      return true;
    }
    return false;
  }

  /** Something else is to be mounted on `path`. */
  coverKernels(path: string): void {
    this.#kernels.get(path)?.close();
    this.#kernels.delete(path);
  }

  close(): void {
    this.fd.close();
    for (const tree of this.#kernels.values()) tree.close();
    this.dev?.close();
    for (const fd of this.readonlyLater) fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
