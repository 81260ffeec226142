// SPDX-License-Identifier: Apache-2.0
/** What the kernel means when it refuses a write to a cgroup file: its errno alone misleads. Pure. */

interface Hint {
  readonly codes: readonly string[];
  readonly file: RegExp;
  readonly text: string;
}

const readOnly = "the cgroup file system is mounted read-only here";
const notOurs = "the cgroup belongs to another user: let a cgroup be delegated to this one, or run as root";

const hints: readonly Hint[] = [
  {
    codes: ["EBUSY"],
    file: /^cgroup\.subtree_control$/,
    text: "this cgroup has processes of its own, and cgroup v2 gives controllers only to cgroups that have none",
  },
  { codes: ["EOPNOTSUPP"], file: /^cgroup\.(subtree_control|procs)$/, text: "the cgroup is in a threaded subtree (cgroup.type)" },
  {
    codes: ["EBUSY"],
    file: /^memory\./,
    text: "more memory is in use than the new limit allows, and cgroup v1 does not take it away",
  },
  {
    codes: ["EINVAL"],
    file: /^memory\.(memsw\.)?limit_in_bytes$/,
    text: "the limit of memory must not be above the limit of memory and swap",
  },
  {
    codes: ["ENOENT"],
    file: /^memory\.(memsw\.limit_in_bytes|swap\.max)$/,
    text: "the kernel does not account for swap: boot it with swapaccount=1, or leave memory.swap out",
  },
  {
    codes: ["ENOSPC", "EACCES"],
    file: /^cpuset\./,
    text: "the cgroup above must have these CPUs and memory nodes, and one with processes must keep at least one of each",
  },
  { codes: ["EINVAL", "ERANGE"], file: /^cpuset\.cpus$/, text: "CPUs of this machine are in /sys/devices/system/cpu/online" },
  {
    codes: ["EINVAL", "ERANGE"],
    file: /^cpuset\.mems$/,
    text: "memory nodes of this machine are in /sys/devices/system/node/online",
  },
  { codes: ["EBUSY"], file: /^cpuset\./, text: "a cgroup below or beside this one uses them" },
  { codes: ["EINVAL"], file: /^cpu\.rt_/, text: "the cgroup above has no real-time budget left (its cpu.rt_runtime_us)" },
  { codes: ["EINVAL"], file: /^cpu\.(shares|weight)$/, text: "an idle cgroup (cpu.idle is 1) takes no weight" },
  { codes: ["EINVAL"], file: /^cpu\.(cfs_|max)/, text: "a cgroup above has less bandwidth, or burst is above the quota" },
  {
    codes: ["ENODEV", "ENXIO"],
    file: /^(io|blkio)\./,
    text: "no disk has these numbers; of a disk with partitions only the whole can be limited",
  },
  { codes: ["ENOENT"], file: /^hugetlb\./, text: "sizes of this machine's huge pages are in /sys/kernel/mm/hugepages" },
  { codes: ["ENOENT"], file: /leaf_weight/, text: "Linux 5.0 removed leaf weights: leave them out" },
  {
    codes: ["EOPNOTSUPP", "ENOENT", "EINVAL"],
    file: /^(io|blkio)\..*weight/,
    text: "weights need a disk whose I/O scheduler is BFQ (/sys/block/DISK/queue/scheduler)",
  },
  { codes: ["ENOENT"], file: /./, text: "this kernel has no such file in a cgroup: leave the setting out" },
  { codes: ["EROFS"], file: /./, text: readOnly },
  { codes: ["EACCES", "EPERM"], file: /./, text: notOurs },
];

/** Advice on a refused write to `file`, or undefined where the errno says it all. */
export function hintFor(file: string, code: string): string | undefined {
  return hints.find((hint) => hint.codes.includes(code) && hint.file.test(file))?.text;
}
