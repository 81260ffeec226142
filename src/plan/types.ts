// SPDX-License-Identifier: Apache-2.0
/**
 * The shared vocabulary: what `plan/` decides and the rooms carry out.
 *
 * Types only, no code, so that every room may `import type` from here. The plan speaks names ("nosuid", "CAP_KILL"), never
 * numbers of the kernel; a room maps a name to its number at the last moment. Everything is plain data: it can be printed,
 * compared, and is the same on every architecture.
 */
import type {
  DeviceCgroupRule,
  Hook,
  IdMapping,
  IntelRdt,
  IoPriority,
  MemoryPolicy,
  NetDevice,
  Resources,
  Rlimit,
  Scheduler,
  Seccomp,
  TimeOffset,
} from "../spec/types.ts";

/** How the host's cgroups are mounted: v1 alone, v1 controllers beside an empty v2 tree, or v2 alone. */
export type CgroupMode = "v1" | "hybrid" | "v2";

/**
 * What the plan needs to know of the host. Gathered by `host/`; a test writes it by hand. The implementation may compute a field
 * when it is first read, so that a command pays only for what its config asks about.
 */
export interface HostFacts {
  /** Effective uid of the runtime. */
  readonly euid: number;
  /** Effective gid of the runtime. */
  readonly egid: number;
  /** Whether the runtime itself runs inside a user namespace that is not the initial one. */
  readonly inUserNamespace: boolean;
  /** Whether setgroups(2) is denied for good in the runtime's own user namespace; every namespace below inherits that. */
  readonly setgroupsDenied: boolean;
  readonly cgroupMode: CgroupMode;
  /** Controllers of the v2 root (`cgroup.controllers`), or the mounted v1 hierarchies. */
  readonly cgroupControllers: readonly string[];
  readonly apparmor: boolean;
  readonly selinux: boolean;
  /** Major and minor number of the kernel's release, e.g. [6, 1]. */
  readonly kernel: readonly [number, number];
  /** Whether a namespace file is the runtime's own namespace of that type: joining it isolates nothing. False if there is none. */
  isOwnNamespace(type: NamespaceType, path: string): boolean;
  /** Whether a capability is in the runtime's own bounding set (held), or at least one that the kernel has (known). */
  capability(name: string): CapabilityState;
}

/** Variables of an environment, by name. environ(7) */
export type Variables = Pick<ReadonlyMap<string, string>, "get">;

export type CapabilityState = "held" | "known" | "unknown";

/** Namespace kinds by the names of config.json. */
export type NamespaceType = "user" | "mount" | "pid" | "network" | "ipc" | "uts" | "cgroup" | "time";

export interface NamespacesPlan {
  /** Made new by the clone (time: by unshare before it). */
  readonly create: readonly NamespaceType[];
  /** Joined by path, in the order in which the kernel allows it (user first). */
  readonly join: readonly { readonly type: NamespaceType; readonly path: string }[];
  /** Only for a new user namespace. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** Whether the maps need newuidmap(1)/newgidmap(1), because the caller may not write them. */
  readonly mapWithHelpers: boolean;
  /** `setgroups` must be denied before a lone gid is mapped by an unprivileged caller. */
  readonly denySetgroups: boolean;
  readonly timeOffsets: Readonly<Record<string, TimeOffset>> | undefined;
}

/** A per-mount attribute (mount_setattr(2)) or superblock flag, in the spelling of mount(8). */
export type MountFlag =
  | "ro"
  | "nosuid"
  | "nodev"
  | "noexec"
  | "noatime"
  | "nodiratime"
  | "relatime"
  | "strictatime"
  | "nosymfollow"
  | "sync"
  | "dirsync"
  | "mand"
  | "silent"
  | "iversion"
  | "lazytime";

export type Propagation = "shared" | "slave" | "private" | "unbindable";

export interface IdMapPlan {
  readonly recursive: boolean;
  /** Empty: use the container's own user namespace. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

/** One entry of `mounts`, decided. */
export interface MountPlan {
  /** Index in config.json, for messages; -1 for a mount that runt adds itself. */
  readonly index: number;
  /**
   * new: a file system of `type`; bind: a clone of `source`; remount: change `destination` as it is (with `type` "bind" the
   * attributes of that mount alone, otherwise the file system's own options too); cgroup: see rootfs.
   */
  readonly kind: "new" | "bind" | "remount" | "cgroup";
  /** Absolute inside the container, cleaned of `.` and `..`. */
  readonly destination: string;
  readonly type: string;
  /** For a bind an absolute host path; otherwise the kernel's "source" string. */
  readonly source: string;
  /** `rbind`: the whole tree of `source`. */
  readonly recursiveBind: boolean;
  /** Flags switched on, and those switched off on purpose (`rw`, `dev`, ...), for this mount alone. */
  readonly set: readonly MountFlag[];
  readonly clear: readonly MountFlag[];
  /** The `rro` family: for this mount and all below it. */
  readonly recursiveSet: readonly MountFlag[];
  readonly recursiveClear: readonly MountFlag[];
  readonly propagation: readonly { readonly type: Propagation; readonly recursive: boolean }[];
  /** Options that the file system itself reads, "key" or "key=value". */
  readonly data: readonly string[];
  readonly tmpcopyup: boolean;
  /** `src-nofollow`: a source that is a symbolic link is mounted as the link itself. Bind mounts only. */
  readonly sourceNoFollow: boolean;
  /** `dest-nofollow`: a destination whose last component is a symbolic link is mounted over as the link itself. */
  readonly destinationNoFollow: boolean;
  /** `copy-symlink`: a source that is a symbolic link is made anew at the destination, and nothing is mounted. Bind mounts only. */
  readonly copySymlink: boolean;
  readonly idmap: IdMapPlan | undefined;
  /** SELinux mount label for file systems that take one (`context=`). */
  readonly label: string | undefined;
}

export interface DevicePlan {
  readonly type: "c" | "b" | "p";
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  /** Permission bits, e.g. 0o666. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface RootfsPlan {
  /** Absolute host path. */
  readonly path: string;
  readonly readonly: boolean;
  /** Propagation of the container's root; "private" (recursive) when config.json is silent. */
  readonly propagation: { readonly type: Propagation; readonly recursive: boolean };
  readonly mounts: readonly MountPlan[];
  readonly devices: readonly DevicePlan[];
  /** Devices are bind-mounted from the host instead of made: inside a user namespace mknod(2) is refused. */
  readonly bindDevices: boolean;
  /** Whether a /dev is set up at all (false when /dev is bind-mounted from the host: then nothing is made in it). */
  readonly setUpDev: boolean;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  /** `--no-pivot`: MS_MOVE and chroot instead of pivot_root(2), for a rootfs on a ramdisk. */
  readonly noPivot: boolean;
  /** Root's uid and gid on the host when there is a user namespace, for what is made inside. */
  readonly rootUid: number;
  readonly rootGid: number;
  readonly mountLabel: string | undefined;
  /** False where the container shares the host's mount namespace: then nothing of the above is done but chroot(2). */
  readonly ownMountNamespace: boolean;
  /** Whether the container has its own cgroup namespace, for mounts of type cgroup. */
  readonly ownCgroupNamespace: boolean;
  /** Whether the container has its own (or no host) network namespace: sysfs cannot be mounted new otherwise when rootless. */
  readonly ownNetworkNamespace: boolean;
}

export interface CapabilitiesPlan {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly inheritable: readonly string[];
  readonly permitted: readonly string[];
  readonly ambient: readonly string[];
  /** Asked for, and not to be had on this host or unknown: warned about, as the spec says. */
  readonly ignored: readonly string[];
}

export interface ProcessPlan {
  readonly args: readonly string[];
  /** Complete: duplicates resolved (last wins). HOME may be missing: init adds it from the container's passwd. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly terminal: boolean;
  readonly consoleSize: { readonly width: number; readonly height: number } | undefined;
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  /** False where setgroups(2) is denied in the user namespace and no groups were asked for. */
  readonly setGroups: boolean | "unless-denied";
  readonly umask: number;
  readonly noNewPrivileges: boolean;
  /** Undefined: the config says nothing of capabilities, and the process keeps none beyond what the kernel gives. */
  readonly capabilities: CapabilitiesPlan | undefined;
  readonly rlimits: readonly Rlimit[];
  readonly oomScoreAdj: number | undefined;
  readonly apparmorProfile: string | undefined;
  readonly selinuxLabel: string | undefined;
  readonly scheduler: Scheduler | undefined;
  readonly ioPriority: IoPriority | undefined;
  readonly memoryPolicy: MemoryPolicy | undefined;
  readonly personality: { readonly domain: string; readonly flags: readonly string[] } | undefined;
  /** exec only: CPU lists such as "0-3,7". */
  readonly cpuAffinity: { readonly initial: string | undefined; readonly final: string | undefined } | undefined;
  /** Session keyring: a new one, or the caller's kept (`--no-new-keyring`). */
  readonly newKeyring: boolean;
}

export interface CgroupPlan {
  readonly manager: "cgroupfs" | "systemd" | "disabled";
  /**
   * cgroupfs: path below the hierarchy's root, with a leading "/" (absolute), or relative to the runtime's own cgroup.
   * systemd: `slice:prefix:name`.
   */
  readonly path: string;
  readonly relative: boolean;
  readonly resources: Resources;
  /** The complete device rules: default deny, the config's rules, then what every container may use. */
  readonly deviceRules: readonly DeviceCgroupRule[];
  /** Whether the config asks for any limit at all; if not, a cgroup that cannot be made is tolerated when rootless. */
  readonly required: boolean;
  /** cgroup v2 delegation: chown the delegate files to this host uid. */
  readonly ownerUid: number | undefined;
  /** systemd: a cgroup below that of the unit, which is the container's then. */
  readonly subgroup: string | undefined;
  /** cgroup v2: a cgroup below the container's, where its processes are, and whose owner they are. */
  readonly delegate: { readonly name: string; readonly uid: number | undefined } | undefined;
  /** cgroup v2: the container is in systemd's own v1 hierarchy as well. */
  readonly systemdHierarchy: boolean;
  /** `org.systemd.property.*` annotations: name and gvariant text. */
  readonly systemdProperties: readonly { readonly name: string; readonly value: string }[];
}

/** `linux.seccomp`, or what annotations make of it. */
export interface SeccompPlan extends Seccomp {
  /** The filter itself, as the kernel takes it; then the rules are not looked at. */
  readonly filter?: Uint8Array | undefined;
  /** A system call that is not known is an error. */
  readonly strict?: boolean | undefined;
}

/** Files that the output of hooks is appended to, instead of being kept for messages. */
export interface HookOutputsPlan {
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
}

export interface SysctlPlan {
  /** File below /proc/sys, e.g. "net/ipv4/conf/eno2.100/rp_filter". */
  readonly path: string;
  /** The file that runc reads in a key with dots and slashes, where there is none at `path`. */
  readonly otherPath?: string;
  /** As config.json spells it, for messages. */
  readonly key: string;
  readonly value: string;
}

export interface HooksPlan {
  readonly prestart: readonly Hook[];
  readonly createRuntime: readonly Hook[];
  readonly createContainer: readonly Hook[];
  readonly startContainer: readonly Hook[];
  readonly poststart: readonly Hook[];
  readonly poststop: readonly Hook[];
}

/** Everything that `create` will do, decided before anything is done. */
export interface Plan {
  readonly ociVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly namespaces: NamespacesPlan;
  readonly rootfs: RootfsPlan;
  readonly process: ProcessPlan | undefined;
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly sysctl: readonly SysctlPlan[];
  readonly cgroup: CgroupPlan;
  readonly seccomp: SeccompPlan | undefined;
  readonly hooks: HooksPlan;
  readonly hookOutputs: HookOutputsPlan | undefined;
  /** A socket that a pidfd of init is sent to. */
  readonly pidfdReceiver: string | undefined;
  readonly netDevices: Readonly<Record<string, NetDevice>>;
  readonly intelRdt: IntelRdt | undefined;
  /** Whether loopback is brought up: a new network namespace only. */
  readonly bringUpLoopback: boolean;
  /** Things worth a line with `--debug` or `--log-level warning`: ignored or deprecated fields, capabilities not to be had. */
  readonly warnings: readonly string[];
}
