// SPDX-License-Identifier: Apache-2.0
/** Statistics of a cgroup v2, in the shape that v1 has given to the `events` command. */
import { count, flat, ioEntries, noLimit, numberList, pressure } from "./parse.ts";
import { blkioStats, emptyCpuset, hugepageSizes, hugetlbStats, pidsStats, type Read, reader } from "./read.ts";
import type { BlkioStats, CgroupStats, Count, CpuStats, MemoryStats, MemoryUse } from "./types.ts";

/** Nanoseconds of microseconds. */
const nanoseconds = (microseconds: Count = 0): Count =>
  typeof microseconds === "bigint" || microseconds > Number.MAX_SAFE_INTEGER / 1000
    ? BigInt(microseconds) * 1000n
    : microseconds * 1000;

function cpuStats(read: Read): CpuStats {
  const stat = flat(read("cpu.stat"));
  return {
    usage: {
      total: nanoseconds(stat["usage_usec"]),
      percpu: [],
      percpu_kernel: [],
      percpu_user: [],
      kernel: nanoseconds(stat["system_usec"]),
      user: nanoseconds(stat["user_usec"]),
    },
    throttling: {
      periods: stat["nr_periods"] ?? 0,
      throttledPeriods: stat["nr_throttled"] ?? 0,
      throttledTime: nanoseconds(stat["throttled_usec"]),
    },
    psi: pressure(read("cpu.pressure")),
  };
}

const unused: MemoryUse = { limit: 0, usage: 0, max: 0, failcnt: 0 };

function memoryStats(read: Read): MemoryStats {
  const raw = flat(read("memory.stat"));
  const usage: MemoryUse = {
    limit: count(read("memory.max")),
    usage: count(read("memory.current")),
    max: count(read("memory.peak")),
    failcnt: flat(read("memory.events"))["max"] ?? 0,
  };
  return {
    cache: raw["file"] ?? 0,
    usage,
    swap: swapStats(read, usage),
    kernel: { ...unused, usage: raw["kernel"] ?? 0 },
    kernelTCP: { ...unused, usage: raw["sock"] ?? 0 },
    raw,
    psi: pressure(read("memory.pressure")),
  };
}

/** v1 counts memory and swap together under this name, and so do its readers. */
function swapStats(read: Read, memory: MemoryUse): MemoryUse {
  const current = read("memory.swap.current");
  if (current === undefined) return unused;
  const limit = count(read("memory.swap.max"));
  return {
    limit: limit === noLimit || memory.limit === noLimit ? noLimit : sum(limit, memory.limit),
    usage: sum(count(current), memory.usage),
    max: sum(count(read("memory.swap.peak")), memory.max),
    failcnt: flat(read("memory.swap.events"))["fail"] ?? 0,
  };
}

function sum(a: Count, b: Count): Count {
  return count(String(BigInt(a) + BigInt(b)));
}

function ioStats(read: Read): BlkioStats {
  const { bytes, operations } = ioEntries(read("io.stat"));
  const psi = pressure(read("io.pressure"));
  return { ...blkioStats({ ioServiceBytesRecursive: bytes, ioServicedRecursive: operations }), psi };
}

/** All that the cgroup at `path` tells; of controllers that it does not have, zeros. */
export function v2Stats(path: string): CgroupStats {
  const read = reader(path);
  return {
    cpu: cpuStats(read),
    cpuset: {
      ...emptyCpuset,
      cpus: numberList(read("cpuset.cpus.effective")),
      mems: numberList(read("cpuset.mems.effective")),
    },
    memory: memoryStats(read),
    pids: pidsStats(read),
    blkio: ioStats(read),
    hugetlb: hugetlbStats(hugepageSizes(path), (size) => ({
      usage: count(read(`hugetlb.${size}.current`)),
      max: 0, // v2 keeps no peak of huge pages
      failcnt: flat(read(`hugetlb.${size}.events`))["max"] ?? 0,
    })),
  };
}
