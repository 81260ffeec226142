// SPDX-License-Identifier: Apache-2.0
/** For tests: a valid configuration with every member that the specification has, most of them once. */
import type { Config } from "./types.ts";

const range = [{ containerID: 0, hostID: 100000, size: 65536 }];
const hook = { path: "/bin/hook", args: ["hook", "x"], env: ["A=b"], timeout: 3 };
const rate = [{ major: 8, minor: 0, rate: 1000 }];

export const fullConfig: Config = {
  ociVersion: "1.3.0",
  root: { path: "rootfs", readonly: true },
  hostname: "host",
  domainname: "domain",
  annotations: { "org.example.key": "value" },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "data", source: "/data", options: ["rbind", "idmap"], uidMappings: range, gidMappings: range },
  ],
  hooks: {
    prestart: [hook],
    createRuntime: [hook],
    createContainer: [hook],
    startContainer: [hook],
    poststart: [hook],
    poststop: [{ path: "/bin/true" }],
  },
  process: {
    terminal: true,
    consoleSize: { height: 25, width: 80 },
    user: { uid: 1, gid: 1, umask: 18, additionalGids: [5, 6], username: "" },
    args: ["sh"],
    commandLine: "sh",
    env: ["PATH=/bin", "EMPTY="],
    cwd: "/",
    capabilities: {
      bounding: ["CAP_KILL"],
      effective: ["CAP_KILL"],
      inheritable: ["CAP_KILL"],
      permitted: ["CAP_KILL"],
      ambient: ["CAP_KILL"],
    },
    rlimits: [{ type: "RLIMIT_CORE", soft: 0, hard: 18446744073709551615n }],
    noNewPrivileges: true,
    apparmorProfile: "profile",
    oomScoreAdj: -500,
    scheduler: {
      policy: "SCHED_DEADLINE",
      nice: -5,
      priority: 1,
      flags: ["SCHED_FLAG_RESET_ON_FORK"],
      runtime: 1000,
      deadline: 2000,
      period: 3000,
    },
    selinuxLabel: "system_u:system_r:container_t:s0",
    ioPriority: { class: "IOPRIO_CLASS_BE", priority: 4 },
    execCPUAffinity: { initial: "0-3", final: "7" },
  },
  linux: {
    namespaces: [{ type: "pid" }, { type: "network", path: "/proc/1/ns/net" }, { type: "user" }, { type: "time" }],
    uidMappings: range,
    gidMappings: range,
    timeOffsets: { boottime: { secs: -1, nanosecs: 5 }, monotonic: { secs: 2 } },
    devices: [
      { type: "c", path: "/dev/fuse", major: 10, minor: 229, fileMode: 438, uid: 0, gid: 0 },
      { type: "p", path: "/dev/fifo" },
    ],
    netDevices: { eth0: { name: "net0" } },
    cgroupsPath: "/group",
    resources: {
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: 10, minor: -1, access: "rw" },
      ],
      memory: {
        limit: 536870912,
        reservation: 0,
        swap: -1,
        kernel: -1,
        kernelTCP: -1,
        swappiness: 60,
        disableOOMKiller: false,
        useHierarchy: true,
        checkBeforeUpdate: true,
      },
      cpu: {
        shares: 1024,
        quota: -1,
        burst: 0,
        period: 100000,
        realtimeRuntime: 950000,
        realtimePeriod: 1000000,
        cpus: "0-3",
        mems: "0",
        idle: 0,
      },
      blockIO: {
        weight: 10,
        leafWeight: 10,
        weightDevice: [{ major: 8, minor: 0, weight: 500, leafWeight: 300 }],
        throttleReadBpsDevice: rate,
        throttleWriteBpsDevice: rate,
        throttleReadIOPSDevice: rate,
        throttleWriteIOPSDevice: rate,
      },
      hugepageLimits: [{ pageSize: "2MB", limit: 9223372036854771712n }],
      network: { classID: 1048577, priorities: [{ name: "eth0", priority: 500 }] },
      pids: { limit: 32771 },
      rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10000 } },
      unified: { "memory.high": "1G" },
    },
    rootfsPropagation: "slave",
    seccomp: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      architectures: ["SCMP_ARCH_X86_64"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      listenerPath: "/run/agent.sock",
      listenerMetadata: "x",
      syscalls: [
        {
          names: ["personality"],
          action: "SCMP_ACT_ALLOW",
          errnoRet: 1,
          args: [{ index: 0, value: 18446744073709551615n, valueTwo: 0, op: "SCMP_CMP_EQ" }],
        },
      ],
    },
    sysctl: { "net.ipv4.ip_forward": "1" },
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    mountLabel: "system_u:object_r:container_file_t:s0",
    intelRdt: {
      closID: "guaranteed",
      schemata: ["L3:0=ff"],
      l3CacheSchema: "L3:0=7f0",
      memBwSchema: "MB:0=20",
      enableMonitoring: true,
    },
    memoryPolicy: { mode: "MPOL_BIND", nodes: "0-1", flags: ["MPOL_F_STATIC_NODES"] },
    personality: { domain: "LINUX32", flags: [] },
  },
  vm: {
    hypervisor: { path: "/bin/vmm", parameters: ["a"] },
    kernel: { path: "/boot/vmlinuz", parameters: ["quiet"], initrd: "/boot/initrd" },
    image: { path: "/vm.img", format: "raw" },
    hwConfig: {
      deviceTree: "/dt",
      vcpus: 1,
      memory: 4194304,
      dtdevs: ["/dev1"],
      iomems: [{ firstGFN: 1, firstMFN: 2, nrMFNs: 1 }],
      irqs: [11],
    },
  },
  windows: {
    layerFolders: ["C:\\Layers\\base"],
    devices: [{ id: "24E552D7-6523-47F7-A647-D3465BF1F5CA", idType: "class" }],
    resources: {
      memory: { limit: 2097152 },
      cpu: { count: 1, shares: 5000, maximum: 5000, affinity: [{ mask: 1, group: 0 }] },
      storage: { iops: 50, bps: 1000, sandboxSize: 1 },
    },
    network: {
      endpointList: ["x"],
      allowUnqualifiedDNSQuery: true,
      DNSSearchList: ["a.com"],
      networkSharedContainerName: "c",
      networkNamespace: "n",
    },
    credentialSpec: { any: { thing: 1 } },
    servicing: true,
    ignoreFlushesDuringBoot: true,
    hyperv: { utilityVMPath: "C:\\vm" },
  },
  solaris: {
    milestone: "svc:/milestone/container:default",
    limitpriv: "default",
    maxShmMemory: "512m",
    cappedCPU: { ncpus: "8.5" },
    cappedMemory: { physical: "512m", swap: "512m" },
    anet: [
      {
        linkname: "net0",
        lowerLink: "net2",
        allowedAddress: "172.17.0.2/16",
        configureAllowedAddress: "true",
        defrouter: "172.17.0.1/16",
        macAddress: "02:42:f8:52:c7:16",
        linkProtection: "mac-nospoof",
      },
    ],
  },
  freebsd: {
    devices: [{ path: "pf", mode: 448 }],
    jail: {
      parent: "p",
      host: "new",
      ip4: "inherit",
      ip4Addr: ["10.0.0.1"],
      ip6: "disable",
      ip6Addr: ["fd10::1"],
      vnet: "new",
      interface: "em0",
      vnetInterfaces: ["em1"],
      sysvmsg: "new",
      sysvsem: "new",
      sysvshm: "inherit",
      enforceStatfs: 1,
      allow: {
        setHostname: true,
        rawSockets: true,
        chflags: true,
        mount: ["tmpfs"],
        quotas: true,
        socketAf: true,
        mlock: true,
        reservedPorts: true,
        suser: true,
      },
    },
  },
  zos: { namespaces: [{ type: "pid", path: "/proc/1/ns/pid" }, { type: "mount" }] },
};

type Json = Record<string, unknown>;

/** A copy of `value` with the member at `keys` replaced; `undefined` removes it. */
export function changed(value: unknown, keys: readonly (string | number)[], replacement: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Json) }) as Json;
  copy[key] = changed(copy[key], rest, replacement);
  if (rest.length === 0 && replacement === undefined) Reflect.deleteProperty(copy, key);
  return copy;
}

/** The keys that lead to every value inside `value`, containers included. */
export function everyPath(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => everyPath((value as Json)[key], [...at, key]))];
}
