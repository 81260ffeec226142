// SPDX-License-Identifier: Apache-2.0
/** What a container uses, in the names and units of the `events` command that engines decode. */

/** A count; those beyond 2^53 are exact. */
export type Count = number | bigint;

export interface PressureLine {
  /** Percent of the time. */
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Microseconds. */
  readonly total: Count;
}

/** Documentation/accounting/psi.rst */
export interface Pressure {
  readonly some: PressureLine;
  readonly full: PressureLine;
}

export interface CpuStats {
  /** Nanoseconds. */
  readonly usage: {
    readonly total: Count;
    readonly percpu: readonly Count[];
    readonly percpu_kernel: readonly Count[];
    readonly percpu_user: readonly Count[];
    readonly kernel: Count;
    readonly user: Count;
  };
  /** Periods, and nanoseconds. */
  readonly throttling: { readonly periods: Count; readonly throttledPeriods: Count; readonly throttledTime: Count };
  readonly psi?: Pressure | undefined;
}

export interface CpusetStats {
  readonly cpus: readonly number[];
  readonly cpu_exclusive: number;
  readonly mems: readonly number[];
  readonly mem_hardwall: number;
  readonly mem_exclusive: number;
  readonly memory_migrate: number;
  readonly memory_spread_page: number;
  readonly memory_spread_slab: number;
  readonly memory_pressure: number;
  readonly sched_load_balance: number;
  readonly sched_relax_domain_level: number;
}

/** Bytes, and how often the limit was met. No limit is 2^64 - 1. */
export interface MemoryUse {
  readonly limit: Count;
  readonly usage: Count;
  readonly max: Count;
  readonly failcnt: Count;
}

export interface MemoryStats {
  readonly cache: Count;
  readonly usage: MemoryUse;
  readonly swap: MemoryUse;
  readonly kernel: MemoryUse;
  readonly kernelTCP: MemoryUse;
  /** memory.stat as it is. */
  readonly raw: Readonly<Record<string, Count>>;
  readonly psi?: Pressure | undefined;
}

export interface BlkioEntry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: Count;
}

export const blkioLists = [
  "ioServiceBytesRecursive",
  "ioServicedRecursive",
  "ioQueueRecursive",
  "ioServiceTimeRecursive",
  "ioWaitTimeRecursive",
  "ioMergedRecursive",
  "ioTimeRecursive",
  "sectorsRecursive",
] as const;

export type BlkioStats = { readonly [List in (typeof blkioLists)[number]]: readonly BlkioEntry[] } & {
  readonly psi?: Pressure | undefined;
};

export interface HugetlbStats {
  readonly usage: Count;
  readonly max: Count;
  readonly failcnt: Count;
}

export interface CgroupStats {
  readonly cpu: CpuStats;
  readonly cpuset: CpusetStats;
  readonly memory: MemoryStats;
  /** No limit is 0. */
  readonly pids: { readonly current: Count; readonly limit: Count };
  readonly blkio: BlkioStats;
  readonly hugetlb: Readonly<Record<string, HugetlbStats>>;
}
