// SPDX-License-Identifier: Apache-2.0
/** Cgroups and who manages them. */
import { readFileIfAny } from "../../linux/file.ts";
import { kernelName } from "../../linux/identity.ts";
import { statIfAny } from "../../linux/stat.ts";
import type { CgroupMode } from "../../plan/types.ts";
import { type Check, limited, missing, ok, type Patient } from "./check.ts";

const wanted = ["cpu", "cpuset", "io", "memory", "pids"];
const inV1: Readonly<Record<string, string>> = { io: "blkio" };

export function cgroups({ facts }: Patient): Check {
  const { cgroupMode: mode, cgroupControllers: controllers } = facts;
  if (statIfAny("/sys/fs/cgroup") === undefined) {
    return missing(
      "cgroups",
      "nothing at /sys/fs/cgroup",
      'mount -t cgroup2 cgroup2 /sys/fs/cgroup, or use "--cgroup-manager disabled"',
    );
  }
  const list = `${mode}: ${controllers.length === 0 ? "no controllers" : controllers.join(", ")}`;
  const absent = wanted
    .map((name) => (mode === "v2" ? name : (inV1[name] ?? name)))
    .filter((name) => !controllers.includes(name));
  if (absent.length === 0) return ok("cgroups", list);
  return limited("cgroups", list, adviceFor(mode, absent));
}

function adviceFor(mode: CgroupMode, controllers: readonly string[]): string {
  const how =
    mode === "v2"
      ? 'write "+NAME" to cgroup.subtree_control of the cgroups above'
      : `mount them, or boot with "systemd.unified_cgroup_hierarchy=1"`;
  return `no limits of ${controllers.join(", ")}: ${how}`;
}

/** What a user may limit: the controllers that were handed down to the user's own cgroup. */
export function delegation({ facts }: Patient): Check {
  const name = "delegation";
  if (facts.euid === 0) return ok(name, "root needs none");
  if (facts.cgroupMode !== "v2") {
    return limited(
      name,
      `cgroup ${facts.cgroupMode} is not handed down to users`,
      "boot with cgroup v2 alone for limits without root",
    );
  }
  const own = /^0::(.*)$/m.exec(readFileIfAny("/proc/self/cgroup") ?? "")?.[1] ?? "/";
  const controllers = (readFileIfAny(`/sys/fs/cgroup${own}/cgroup.controllers`) ?? "").trim();
  if (controllers !== "") return ok(name, controllers);
  return limited(
    name,
    `no controllers in ${own}`,
    'for systemd: a drop-in for user@.service with "Delegate=cpu cpuset io memory pids", and a new login',
  );
}

export function systemd({ environ }: Patient): Check {
  if (statIfAny("/run/systemd/system") === undefined) {
    return limited("systemd", "not the init of this host", '--systemd-cgroup cannot be used; the default "cgroupfs" can');
  }
  const bus = statIfAny("/run/systemd/private") ?? statIfAny("/run/dbus/system_bus_socket");
  const user = statIfAny(`${environ.get("XDG_RUNTIME_DIR") ?? "/nowhere"}/systemd/private`);
  return ok(
    "systemd",
    `runs${bus === undefined ? "" : ", reachable for root"}${user === undefined ? "" : ", and for this user"}`,
  );
}

export function hugePages({ facts }: Patient): Check {
  const name = "huge pages";
  if (statIfAny("/sys/kernel/mm/hugepages") === undefined) {
    return limited(name, `none on this kernel (${kernelName().machine})`);
  }
  if (facts.cgroupControllers.includes("hugetlb")) return ok(name, "limits by size");
  // On a hybrid host the kernel may have given the controller to cgroup v2, which no container is limited by there.
  return limited(
    name,
    `no limits: cgroup ${facts.cgroupMode} without the controller hugetlb`,
    adviceFor(facts.cgroupMode, ["hugetlb"]),
  );
}
