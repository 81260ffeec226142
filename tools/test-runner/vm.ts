// SPDX-License-Identifier: Apache-2.0
/**
 * Virtual machines of qemu: a kernel as Debian ships it, with all controllers and privileges, on the host's own root file system,
 * which is read-only there. The processor is emulated, so that it is the same machine everywhere.
 */
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runChild } from "./child.ts";
import type { ChildResult } from "./child.ts";
import type { VmLane } from "./files.ts";
import type { Boot } from "./guest.ts";
import { DIRECTORIES, ENVIRONMENT, OFF, quote } from "./guest.ts";

const PROGRAM = "qemu-system-x86_64";
/** Seconds for fetching a kernel. */
const LIMIT = 300;

/** Of cgroup v1 the kernel of Debian 13 lacks memory and cpuset. */
const SUITES: Record<VmLane, string> = { vm: "trixie", vmv1: "bookworm" };

const CGROUPS: Record<VmLane, readonly string[]> = {
  vm: [
    "mount -t cgroup2 cgroup2 /sys/fs/cgroup",
    "for c in $(cat /sys/fs/cgroup/cgroup.controllers); do echo +$c > /sys/fs/cgroup/cgroup.subtree_control; done",
  ],
  // As a systemd without unified hierarchy mounts them.
  vmv1: [
    "mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup",
    "v1() { mkdir /sys/fs/cgroup/$1 && mount -t cgroup -o $1 cgroup /sys/fs/cgroup/$1; }",
    "for c in cpuset cpu,cpuacct blkio memory devices freezer net_cls,net_prio perf_event hugetlb pids rdma misc; do v1 $c; done",
    "for c in cpu cpuacct; do ln -s cpu,cpuacct /sys/fs/cgroup/$c; done",
    "for c in net_cls net_prio; do ln -s net_cls,net_prio /sys/fs/cgroup/$c; done",
    "mkdir /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd",
  ],
};

/** The machine: mounts, a disk with the scheduler that has weights, and a device of RDMA that is made of a network device. */
const PREAMBLE = [
  "mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs -o mode=755 tmpfs /run; mkdir -m 711 /run/tmp",
  "mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs tmpfs /dev/shm",
  "mount -t securityfs securityfs /sys/kernel/security",
  "ip link set lo up; echo bfq > /sys/block/vda/queue/scheduler",
  "ip link add rdma0 type dummy; ip addr add 192.0.2.1/32 dev rdma0; ip link set rdma0 up; rdma link add rxe0 type rxe netdev rdma0",
  "exec </dev/null",
];

/** Two processors, each with half of the memory as a node of its own. */
const NODES = [0, 1].flatMap((node) => [
  ...["-object", `memory-backend-ram,id=memory${node},size=750M`],
  ...["-numa", `node,nodeid=${node},cpus=${node},memdev=memory${node}`],
]);

const share = (tag: string, path: string, more = ""): string[] => [
  "-virtfs",
  `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap${more}`,
];

function boot(lane: VmLane, kernel: string, { init, script, limit, giveUp }: Boot): Promise<ChildResult> {
  const path = quote(`${process.env["PATH"] ?? ""}:${DIRECTORIES}`);
  writeFileSync(init, [`export PATH=${path} ${ENVIRONMENT}`, ...PREAMBLE, ...CGROUPS[lane], script, OFF, ""].join("\n"));
  const words = ["console=ttyS0", "loglevel=5", "panic=-1", "hugepages=64", "swapaccount=1", `RUNT_GUEST=${init}`];
  const argv = [
    ...["nice", PROGRAM, "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1500", ...NODES],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"],
    ...["-kernel", join(kernel, "vmlinuz"), "-initrd", join(kernel, "initrd"), "-append", words.join(" ")],
    ...["-blockdev", "null-co,node-name=disk,size=67108864,read-zeroes=on", "-device", "virtio-blk-pci,drive=disk"],
    ...share("root", "/", ",readonly=on"),
    ...share("share", dirname(init)),
  ];
  return runChild(argv, { timeout: limit, env: process.env, ...(giveUp && { giveUp }) });
}

/** How the lane's machine is booted, or why it cannot be. `directory` is for what is temporary. */
export async function prepareVm(
  lane: VmLane,
  { repository, directory }: { repository: string; directory: string },
): Promise<((guest: Boot) => Promise<ChildResult>) | string> {
  if (process.arch !== "x64") return "the virtual machine is for x86-64 alone";
  const probe = await runChild([PROGRAM, "--version"], { timeout: 20, env: process.env });
  if (probe.code !== 0) return `${PROGRAM} is not installed`;
  const cache = process.env["RUNT_GUEST_CACHE"] ?? join(repository, "build/guest");
  const work = join(directory, "kernel");
  const maker = [join(repository, "tools/guest-kernel.sh"), cache, work, SUITES[lane]];
  const made = await runChild(maker, { timeout: LIMIT, env: process.env });
  rmSync(work, { recursive: true, force: true });
  if (made.code === 0) return (guest) => boot(lane, made.stdout.trim(), guest);
  const why = made.timedOut ? `not fetched in ${LIMIT} s` : made.stderr.trim().split("\n").at(-1);
  return `no kernel for the virtual machine: ${why ?? ""}`;
}
