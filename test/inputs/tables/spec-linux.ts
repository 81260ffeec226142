// SPDX-License-Identifier: Apache-2.0
/** Values of linux, apart from seccomp and resources that break the specification, or that no kernel could apply. */
import { mapUsers, setNamespace } from "../../lib/config.ts";
import { set } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

const device = { type: "c", path: "/dev/x", major: 1, minor: 3 };

export const rows: readonly Refusal[] = [
  {
    section: "linux.namespaces",
    what: "an unknown type",
    change: (config) => setNamespace(config, "netwrk"),
    says: /linux\.namespaces\[\d+\]\.type is "netwrk"/,
    code: "config-invalid",
  },
  {
    section: "linux.namespaces",
    what: "the same type twice",
    change: (config) => config.linux.namespaces.push({ type: "pid" }),
    says: /linux\.namespaces\[\d+\]\.type is "pid" for the second time/,
  },
  {
    section: "linux.namespaces",
    what: "a relative path",
    change: (config) => setNamespace(config, "network", "ns/net"),
    says: /linux\.namespaces\[\d+\]\.path is "ns\/net".*an absolute path/,
    code: "config-invalid",
  },
  {
    section: "linux.uidMappings",
    what: "without a user namespace",
    change: set("linux", { uidMappings: [{ containerID: 0, hostID: 1, size: 1 }] }),
    says: /linux\.uidMappings is given.*user namespace/,
  },
  {
    section: "linux.uidMappings",
    what: "ranges that overlap",
    change: (config) => (
      mapUsers(config, 100000),
      set("linux", { uidMappings: [0, 5].map((containerID) => ({ containerID, hostID: 100000 + 100 * containerID, size: 10 })) })(
        config,
      )
    ),
    says: /linux\.uidMappings\[1\] overlaps linux\.uidMappings\[0\]/,
  },
  {
    section: "linux.gidMappings",
    what: "ids beyond the last",
    change: (config) => (
      mapUsers(config, 100000),
      set("linux", { gidMappings: [{ containerID: 0, hostID: 4294967290, size: 10 }] })(config)
    ),
    says: /linux\.gidMappings\[0\] ends at hostID/,
  },
  {
    section: "linux.timeOffsets",
    what: "a clock that has no offset",
    change: set("linux", { timeOffsets: { realtime: { secs: 1 } } }),
    says: /linux\.timeOffsets.*realtime/,
    code: "config-invalid",
  },
  {
    section: "linux.timeOffsets",
    what: "without a time namespace",
    change: set("linux", { timeOffsets: { boottime: { secs: 1 } } }),
    says: /linux\.timeOffsets is given.*time namespace/,
  },
  {
    section: "linux.devices",
    what: "an unknown type",
    change: set("linux", { devices: [{ ...device, type: "z" }] }),
    says: /linux\.devices\[0\]\.type is "z"/,
    code: "config-invalid",
  },
  {
    section: "linux.devices",
    what: "a number beyond the largest",
    change: set("linux", { devices: [{ ...device, major: 4096 }] }),
    says: /linux\.devices\[0\]\.major is 4096.*4095/,
  },
  {
    section: "linux.devices",
    what: "a mode of a word",
    change: set("linux", { devices: [{ ...device, fileMode: "0666" }] }),
    says: /linux\.devices\[0\]\.fileMode is "0666"/,
    code: "config-invalid",
  },
  {
    section: "linux.netDevices",
    what: "a name that is too long",
    change: set("linux", { netDevices: { eth0: { name: "x".repeat(16) } } }),
    says: /linux\.netDevices\.eth0\.name is "x{16}".*15 characters/,
    code: "config-invalid",
  },
  {
    section: "linux.netDevices",
    what: "in the host's network",
    change: (config) => (setNamespace(config, "network", null), set("linux", { netDevices: { eth0: {} } })(config)),
    says: /linux\.netDevices is given.*the host's network namespace/,
  },
  {
    section: "linux.cgroupsPath",
    what: "the root itself",
    change: set("linux", { cgroupsPath: "/" }),
    says: /linux\.cgroupsPath is "\/".*below the root/,
  },
  {
    section: "linux.cgroupsPath",
    what: "in the words of systemd",
    change: set("linux", { cgroupsPath: "system.slice:runt:x" }),
    says: /linux\.cgroupsPath is "system\.slice:runt:x".*systemd/,
    hint: /--systemd-cgroup/,
  },
  {
    section: "linux.rootfsPropagation",
    what: "a word of its own",
    change: set("linux", { rootfsPropagation: "sideways" }),
    says: /linux\.rootfsPropagation is "sideways"/,
    code: "config-invalid",
  },
  {
    section: "linux.maskedPaths",
    what: "relative",
    change: set("linux", { maskedPaths: ["proc/kcore"] }),
    says: /linux\.maskedPaths\[0\] is "proc\/kcore".*an absolute path/,
    code: "config-invalid",
  },
  {
    section: "linux.maskedPaths",
    what: "the root itself",
    change: set("linux", { maskedPaths: ["/"] }),
    says: /linux\.maskedPaths\[0\] is "\/", and nothing can be put over the root itself/,
  },
  {
    section: "linux.readonlyPaths",
    what: "the root itself",
    change: set("linux", { readonlyPaths: ["/tmp/.."] }),
    says: /linux\.readonlyPaths\[0\] is "\/tmp\/\.\."/,
    hint: /root\.readonly/,
  },
  {
    section: "linux.readonlyPaths",
    what: "relative",
    change: set("linux", { readonlyPaths: ["proc/sys"] }),
    says: /linux\.readonlyPaths\[0\] is "proc\/sys".*an absolute path/,
    code: "config-invalid",
  },
  {
    section: "linux.mountLabel",
    what: "a number",
    change: set("linux", { mountLabel: 1 }),
    says: /linux\.mountLabel is 1.*a string/,
    code: "config-invalid",
  },
  {
    section: "linux.personality",
    what: "an unknown domain",
    change: set("linux", { personality: { domain: "LINUX64" } }),
    says: /linux\.personality\.domain is "LINUX64".*"LINUX32"/,
    code: "config-invalid",
  },
  {
    section: "linux.personality",
    what: "flags",
    change: set("linux", { personality: { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] } }),
    says: /linux\.personality\.flags.*ADDR_NO_RANDOMIZE/,
  },
  {
    section: "linux.memoryPolicy",
    what: "an unknown mode",
    change: set("linux", { memoryPolicy: { mode: "MPOL_NEAR" } }),
    says: /linux\.memoryPolicy\.mode is "MPOL_NEAR"/,
    code: "config-invalid",
  },
  {
    section: "linux.memoryPolicy",
    what: "nodes that the mode lacks",
    change: set("linux", { memoryPolicy: { mode: "MPOL_BIND" } }),
    says: /linux\.memoryPolicy\.nodes is missing.*MPOL_BIND/,
  },
  {
    section: "linux.memoryPolicy",
    what: "flags that exclude each other",
    change: set("linux", {
      memoryPolicy: { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"] },
    }),
    says: /linux\.memoryPolicy\.flags has.*exclude each other/,
  },
  {
    section: "linux.intelRdt",
    what: "a path for a class",
    change: set("linux", { intelRdt: { closID: "../x" } }),
    says: /linux\.intelRdt\.closID is "\.\.\/x"/,
    code: "config-invalid",
  },
  {
    section: "linux.intelRdt",
    what: "a bandwidth that is a cache",
    change: set("linux", { intelRdt: { memBwSchema: "L3:0=f" } }),
    says: /linux\.intelRdt\.memBwSchema is "L3:0=f".*MB:/,
    code: "config-invalid",
  },
  {
    section: "linux.sysctl",
    what: "of no namespace",
    change: set("linux", { sysctl: { "vm.swappiness": "1" } }),
    says: /linux\.sysctl\["vm\.swappiness"\] belongs to no namespace/,
    hint: /on the host/,
  },
  {
    section: "linux.sysctl",
    what: "of the host's network",
    change: (config) => (setNamespace(config, "network", null), set("linux", { sysctl: { "net.ipv4.ip_forward": "1" } })(config)),
    says: /linux\.sysctl\["net\.ipv4\.ip_forward"\] belongs to the network namespace/,
  },
  {
    section: "linux.sysctl",
    what: "a number",
    change: set("linux", { sysctl: { "net.ipv4.ip_forward": 1 } }),
    says: /linux\.sysctl\["net\.ipv4\.ip_forward"\] is 1.*a string/,
    code: "config-invalid",
  },
];
