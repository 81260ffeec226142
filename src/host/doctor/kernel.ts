// SPDX-License-Identifier: Apache-2.0
/** The kernel: its age, and calls that it may lack or that a filter may keep from this process. */
import { loadDeviceProgram } from "../../linux/bpf.ts";
import { isErrno, describe } from "../../linux/errors.ts";
import { currentDirectory } from "../../linux/fd.ts";
import { O_PATH, openat2At, readFileIfAny, RESOLVE_IN_ROOT } from "../../linux/file.ts";
import { makeFileSystem } from "../../linux/filesystem.ts";
import { kernelName } from "../../linux/identity.ts";
import { setMountAttributes } from "../../linux/mount.ts";
import { getPid, openPidfd } from "../../linux/process.ts";
import { filterFlags, isFilterFlagSupported, libseccompVersion, SECCOMP_FILTER_FLAG_NEW_LISTENER } from "../../linux/seccomp.ts";
import { statIfAny } from "../../linux/stat.ts";
import { type Check, limited, missing, ok, type Patient } from "./check.ts";

/** Mounts are made by mount_setattr(2). */
const oldest = [5, 12] as const;
const upgrade = `Linux ${oldest.join(".")} or newer is needed`;

export function kernelVersion({ facts }: Patient): Check {
  const { release, machine } = kernelName();
  const found = `Linux ${release} on ${machine}`;
  const [major, minor] = facts.kernel;
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return isOld ? missing("kernel", found, `upgrade the kernel: ${upgrade}`) : ok("kernel", found);
}

/** Calls that set-up stands on, each made so that it changes nothing. */
const calls: Readonly<Record<string, () => void>> = {
  openat2: () => openat2At(currentDirectory, ".", { flags: O_PATH, resolve: RESOLVE_IN_ROOT }).close(),
  pidfd_open: () => openPidfd(getPid()).close(),
  mount_setattr: () => setMountAttributes(-1, {}),
  fsopen: () => makeFileSystem({ type: "tmpfs", source: "doctor" }).close(),
};

export function systemCalls(): Check {
  const absent = Object.entries(calls)
    .filter(([, call]) => isAbsent(call))
    .map(([name]) => name);
  if (absent.length === 0) return ok("system calls", Object.keys(calls).join(", "));
  return missing(
    "system calls",
    `without ${absent.join(", ")}`,
    `${upgrade}, and no seccomp filter around runt that denies them`,
  );
}

function isAbsent(call: () => void): boolean {
  try {
    call();
    return false;
  } catch (error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) if (isErrno(at, "ENOSYS")) return true;
    return false; // EPERM, EBADF: it is there
  }
}

/** clone3(2) with CLONE_INTO_CGROUP puts init into a v2 cgroup at birth. */
export function cloneIntoCgroup({ facts }: Patient): Check {
  const name = "clone into cgroup";
  if (facts.cgroupMode === "v1") return ok(name, "not needed with cgroup v1");
  const [major, minor] = facts.kernel;
  if (major > 5 || (major === 5 && minor >= 7)) return ok(name, "clone3 with CLONE_INTO_CGROUP");
  return missing(name, "clone3 has no CLONE_INTO_CGROUP", `upgrade the kernel: ${upgrade}`);
}

export function seccomp(): Check {
  if (readFileIfAny("/proc/self/status")?.includes("Seccomp:") !== true) {
    return missing("seccomp", "the kernel has no system call filters", "use a kernel with CONFIG_SECCOMP_FILTER");
  }
  const unsupported = Object.entries(filterFlags)
    // One of them is nothing without a listener, and is refused without.
    .filter(([, flag]) => !isFilterFlagSupported(flag) && !isFilterFlagSupported(flag | SECCOMP_FILTER_FLAG_NEW_LISTENER))
    .map(([name]) => name.replace("SECCOMP_FILTER_FLAG_", ""));
  const found = `filters, by libseccomp ${libseccompVersion}`;
  if (unsupported.length === 0) return ok("seccomp", found);
  return limited("seccomp", `${found}; without the flags ${unsupported.join(", ")}`, "a newer kernel has these flags");
}

/** r0 = 1; exit */
const allowAll = new Uint8Array([0xb7, 0, 0, 0, 1, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);

/** With cgroup v2 devices are decided over by a program. */
export function devicePrograms({ facts }: Patient): Check {
  const name = "device rules";
  if (facts.cgroupMode !== "v2") return ok(name, "by the devices controller of cgroup v1");
  try {
    loadDeviceProgram(allowAll).close();
    return ok(name, "by eBPF programs of cgroup v2");
  } catch (error) {
    if (isErrno(error, "EPERM")) {
      return limited(
        name,
        "this user may load no eBPF programs",
        "rules for devices are left out; root, or CAP_BPF, may load them",
      );
    }
    return missing(name, `eBPF programs of cgroups: ${describe(error)}`, "use a kernel with CONFIG_CGROUP_BPF");
  }
}

const namespaceFiles = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"];

export function namespaces(): Check {
  const absent = namespaceFiles.filter((file) => statIfAny(`/proc/self/ns/${file}`) === undefined);
  if (absent.length === 0) return ok("namespaces", namespaceFiles.join(", "));
  return limited("namespaces", `without ${absent.join(", ")}`, "a config that asks for one of these is refused");
}

export function intelRdt(): Check {
  if (statIfAny("/sys/fs/resctrl/schemata") !== undefined) return ok("intel rdt", "resctrl is mounted on /sys/fs/resctrl");
  if (statIfAny("/sys/fs/resctrl") === undefined) return limited("intel rdt", "this processor or kernel has none");
  return limited("intel rdt", "resctrl is not mounted", "mount -t resctrl resctrl /sys/fs/resctrl");
}
