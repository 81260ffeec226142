// SPDX-License-Identifier: Apache-2.0
/** Values of linux, resources apart that only this kernel or this host can refuse. */
import { existsSync } from "node:fs";
import { mapUsers, setNamespace } from "../../lib/config.ts";
import { unless } from "../../lib/lane.ts";
import { set } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

export const rows: readonly Refusal[] = [
  {
    section: "linux.namespaces",
    what: "a path that is not there",
    change: (config) => setNamespace(config, "network", "/no/such/ns"),
    says: /open network namespace "\/no\/such\/ns".*no such file/,
    code: "init-failed",
    hint: /linux\.namespaces/,
  },
  {
    section: "linux.namespaces",
    what: "a path of another type",
    change: (config) => setNamespace(config, "network", "/proc/self/ns/ipc"),
    says: /"\/proc\/self\/ns\/ipc" is of type ipc and should be of type network/,
    code: "init-failed",
  },
  {
    section: "linux.namespaces",
    what: "a file that is no namespace",
    change: (config) => setNamespace(config, "network", "/etc/hostname"),
    says: /"\/etc\/hostname" is no namespace/,
    code: "init-failed",
  },
  {
    section: "linux.uidMappings",
    what: "a root file system that the mapped root may not enter",
    change: (config, c) => {
      void c;
      mapUsers(config, 100000);
      config.mounts.push({ destination: "/new/point", type: "tmpfs", source: "x" });
    },
    says: /"\/new\/point".*permission denied/,
    code: "init-failed",
    hint: /linux\.uidMappings/,
  },
  {
    section: "linux.timeOffsets",
    what: "before the start of the clock",
    change: (config) => (setNamespace(config, "time"), set("linux", { timeOffsets: { monotonic: { secs: -1e12 } } })(config)),
    says: /offsets of the time namespace/,
    code: "system-call-failed",
    hint: /clock negative/,
  },
  {
    section: "linux.timeOffsets",
    what: "beyond the end of the clock",
    change: (config) => (
      setNamespace(config, "time"),
      set("linux", { timeOffsets: { boottime: { secs: "u64:9000000000000000000" } } })(config)
    ),
    says: /offsets of the time namespace/,
    code: "system-call-failed",
    hint: /far future/,
  },
  {
    section: "linux.devices",
    what: "a node below a file",
    change: set("linux", { devices: [{ type: "c", path: "/etc/passwd/x", major: 1, minor: 3 }] }),
    says: /\/etc\/passwd\/x/,
    code: "init-failed",
  },
  {
    section: "linux.devices",
    what: "a node where there is a directory",
    change: set("linux", { devices: [{ type: "c", path: "/etc", major: 1, minor: 3 }] }),
    says: /\/etc/,
    code: "init-failed",
  },
  {
    section: "linux.netDevices",
    what: "a device that is not there",
    change: set("linux", { netDevices: { nosuch0: {} } }),
    says: /"nosuch0".*no such device/,
    hint: /ip link/,
  },
  {
    section: "linux.netDevices",
    what: "a name that is taken",
    change: set("linux", { netDevices: { lo: { name: "lo" } } }),
    says: /"lo" into the container.*has a device "lo" already/,
    hint: /linux\.netDevices/,
  },
  {
    section: "linux.cgroupsPath",
    what: "a name that is too long",
    change: set("linux", { cgroupsPath: `/${"x".repeat(5000)}` }),
    says: /name too long/i,
    code: "system-call-failed",
  },
  {
    section: "linux.mountLabel",
    what: "without SELinux",
    change: set("linux", { mountLabel: "system_u:object_r:x_t:s0" }),
    says: /linux\.mountLabel is.*SELinux/,
    skip: unless(!existsSync("/sys/fs/selinux/enforce"), "SELinux is enabled here: test/lsm"),
  },
  {
    section: "linux.memoryPolicy",
    what: "a node that the machine lacks",
    change: set("linux", { memoryPolicy: { mode: "MPOL_BIND", nodes: "63" } }),
    says: /MPOL_BIND of nodes/,
    code: "init-failed",
    hint: /\/sys\/devices\/system\/node/,
  },
  {
    section: "linux.memoryPolicy",
    what: "a node beyond all machines",
    change: set("linux", { memoryPolicy: { mode: "MPOL_BIND", nodes: "5000" } }),
    says: /MPOL_BIND of nodes/,
    code: "init-failed",
    hint: /\/sys\/devices\/system\/node/,
  },
  {
    section: "linux.intelRdt",
    what: "without resctrl",
    change: set("linux", { intelRdt: { l3CacheSchema: "L3:0=f" } }),
    says: /linux\.intelRdt: no resctrl file system is mounted/,
    hint: /mount -t resctrl/,
    skip: unless(!existsSync("/sys/fs/resctrl/info"), "resctrl is mounted here: test/spec/intel-rdt"),
  },
  {
    section: "linux.sysctl",
    what: "a value that the kernel does not take",
    change: set("linux", { sysctl: { "net.ipv4.ip_forward": "perhaps" } }),
    says: /"net\.ipv4\.ip_forward" to "perhaps"/,
    code: "init-failed",
    hint: /this value/,
  },
  {
    section: "linux.sysctl",
    what: "a name that the kernel does not have",
    change: set("linux", { sysctl: { "net.nosuch": "1" } }),
    says: /"net\.nosuch"/,
    code: "init-failed",
    hint: /no such parameter/,
  },
  {
    section: "linux.seccomp.syscalls",
    what: "a filter that is too long",
    change: set("linux", {
      seccomp: {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: Array.from({ length: 6000 }, (_, i) => ({
          names: ["read"],
          action: "SCMP_ACT_ERRNO",
          args: [{ index: 1, value: 2 * i, op: "SCMP_CMP_EQ" }],
        })),
      },
    }),
    says: /linux\.seccomp: the filter has \d+ instructions, and the kernel takes 4096/,
  },
  {
    section: "linux.seccomp.listenerPath",
    what: "nobody there",
    change: set("linux", {
      seccomp: {
        defaultAction: "SCMP_ACT_ALLOW",
        listenerPath: "/no/such/listener",
        syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
      },
    }),
    says: /seccomp listener.*"\/no\/such\/listener"/,
    code: "init-failed",
    hint: /must listen/,
  },
];
