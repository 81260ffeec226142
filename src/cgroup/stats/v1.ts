// SPDX-License-Identifier: Apache-2.0
/** Statistics of the cgroups that a container has in the hierarchies of v1. */
import type { DirectoryOf } from "../write.ts";
import { blkioEntries, count, flat, numberList, pressure } from "./parse.ts";
import { blkioStats, hugepageSizes, hugetlbStats, pidsStats, type Read, reader } from "./read.ts";
import type {
  BlkioEntry,
  BlkioStats,
  CgroupStats,
  Count,
  CpusetStats,
  CpuStats,
  MemoryStats,
  MemoryUse,
  Pressure,
} from "./types.ts";

function cpuStats(cpu: Read, cpuacct: Read): CpuStats {
  const throttling = flat(cpu("cpu.stat"));
  // A head line, then "CPU user system" in nanoseconds.
  const rows = (cpuacct("cpuacct.usage_all") ?? "").split("\n").slice(1).filter(Boolean);
  const column = (index: number): Count[] => rows.map((row) => count(row.split(" ")[index]));
  return {
    usage: {
      total: count(cpuacct("cpuacct.usage")),
      percpu: (cpuacct("cpuacct.usage_percpu") ?? "").trim().split(" ").filter(Boolean).map(count),
      percpu_kernel: column(2),
      percpu_user: column(1),
      kernel: total(column(2)),
      user: total(column(1)),
    },
    throttling: {
      periods: throttling["nr_periods"] ?? 0,
      throttledPeriods: throttling["nr_throttled"] ?? 0,
      throttledTime: throttling["throttled_time"] ?? 0,
    },
  };
}

function total(counts: readonly Count[]): Count {
  return count(String(counts.reduce((sum: bigint, value) => sum + BigInt(value), 0n)));
}

function cpusetStats(read: Read): CpusetStats {
  const number = (file: string): number => Number(count(read(`cpuset.${file}`)));
  return {
    cpus: numberList(read("cpuset.cpus")),
    cpu_exclusive: number("cpu_exclusive"),
    mems: numberList(read("cpuset.mems")),
    mem_hardwall: number("mem_hardwall"),
    mem_exclusive: number("mem_exclusive"),
    memory_migrate: number("memory_migrate"),
    memory_spread_page: number("memory_spread_page"),
    memory_spread_slab: number("memory_spread_slab"),
    memory_pressure: number("memory_pressure"),
    sched_load_balance: number("sched_load_balance"),
    sched_relax_domain_level: number("sched_relax_domain_level"),
  };
}

function memoryStats(read: Read): MemoryStats {
  const raw = flat(read("memory.stat"));
  const use = (kind: "" | "memsw." | "kmem." | "kmem.tcp."): MemoryUse => ({
    limit: count(read(`memory.${kind}limit_in_bytes`)),
    usage: count(read(`memory.${kind}usage_in_bytes`)),
    max: count(read(`memory.${kind}max_usage_in_bytes`)),
    failcnt: count(read(`memory.${kind}failcnt`)),
  });
  return {
    cache: raw["cache"] ?? 0,
    usage: use(""),
    swap: use("memsw."),
    kernel: use("kmem."),
    kernelTCP: use("kmem.tcp."),
    raw,
  };
}

/** What the I/O scheduler counts, or where it counts nothing, the throttling layer. */
function ioStats(read: Read): BlkioStats {
  const entries = (...files: readonly string[]): BlkioEntry[] => {
    for (const file of files) {
      const found = blkioEntries(read(`blkio.${file}_recursive`));
      if (found.length > 0) return found;
    }
    return [];
  };
  return blkioStats({
    ioServiceBytesRecursive: entries("bfq.io_service_bytes", "io_service_bytes", "throttle.io_service_bytes"),
    ioServicedRecursive: entries("bfq.io_serviced", "io_serviced", "throttle.io_serviced"),
    ioQueueRecursive: entries("bfq.io_queued", "io_queued"),
    ioServiceTimeRecursive: entries("bfq.io_service_time", "io_service_time"),
    ioWaitTimeRecursive: entries("bfq.io_wait_time", "io_wait_time"),
    ioMergedRecursive: entries("bfq.io_merged", "io_merged"),
    ioTimeRecursive: entries("bfq.time", "time"),
    sectorsRecursive: entries("bfq.sectors", "sectors"),
  });
}

/** What is reserved is limited, too (../hugetlb.ts), and fails first; the file of v2 counts both together. */
function hugetlbFailures(read: Read, size: string): number {
  const failures = (file: string): number => Number(count(read(file)));
  return failures(`hugetlb.${size}.failcnt`) + failures(`hugetlb.${size}.rsvd.failcnt`);
}

/** All that the hierarchies tell; of those that are not mounted, zeros. */
export function v1Stats(directoryOf: DirectoryOf): CgroupStats {
  const read = (controller: string): Read => reader(directoryOf(controller));
  const hugetlb = read("hugetlb");
  const unified = read("");
  const psi = (resource: string): { readonly psi?: Pressure } => {
    const measured = pressure(unified(`${resource}.pressure`));
    return measured === undefined ? {} : { psi: measured };
  };
  return {
    cpu: { ...cpuStats(read("cpu"), read("cpuacct")), ...psi("cpu") },
    cpuset: cpusetStats(read("cpuset")),
    memory: { ...memoryStats(read("memory")), ...psi("memory") },
    pids: pidsStats(read("pids")),
    blkio: { ...ioStats(read("blkio")), ...psi("io") },
    hugetlb: hugetlbStats(hugepageSizes(directoryOf("hugetlb")), (size) => ({
      usage: count(hugetlb(`hugetlb.${size}.usage_in_bytes`)),
      max: count(hugetlb(`hugetlb.${size}.max_usage_in_bytes`)),
      failcnt: hugetlbFailures(hugetlb, size),
    })),
  };
}
