// SPDX-License-Identifier: Apache-2.0
/** Reading what both versions of cgroups have in common. */
import { listDirectory } from "../../linux/directory.ts";
import { isErrno } from "../../linux/errors.ts";
import { readFileIfAny } from "../../linux/file.ts";
import { count, noLimit } from "./parse.ts";
import { blkioLists, type BlkioEntry, type BlkioStats, type CgroupStats, type CpusetStats, type HugetlbStats } from "./types.ts";

/** A file of the cgroup, or undefined where there is none, or no longer. */
export type Read = (file: string) => string | undefined;

/** Reads below `directory`; nothing is there when it is undefined. */
export function reader(directory: string | undefined): Read {
  return (file) => {
    if (directory === undefined) return undefined;
    try {
      return readFileIfAny(`${directory}/${file}`);
    } catch (error) {
      // ENODEV: removed meanwhile; EOPNOTSUPP: pressure is switched off, or a threaded cgroup
      if (isErrno(error, "ENODEV", "EOPNOTSUPP", "ENOTSUP")) return undefined;
      throw error;
    }
  };
}

export const emptyCpuset: CpusetStats = {
  cpus: [],
  cpu_exclusive: 0,
  mems: [],
  mem_hardwall: 0,
  mem_exclusive: 0,
  memory_migrate: 0,
  memory_spread_page: 0,
  memory_spread_slab: 0,
  memory_pressure: 0,
  sched_load_balance: 0,
  sched_relax_domain_level: 0,
};

/** All lists of block devices; those that are not given are empty. */
export function blkioStats(lists: Partial<Record<(typeof blkioLists)[number], readonly BlkioEntry[]>>): BlkioStats {
  return Object.fromEntries(blkioLists.map((list) => [list, lists[list] ?? []])) as unknown as BlkioStats;
}

/** The limit 0 stands for none. */
export function pidsStats(read: Read): CgroupStats["pids"] {
  const limit = count(read("pids.max"));
  return { current: count(read("pids.current")), limit: limit === noLimit ? 0 : limit };
}

/** Sizes of huge pages that the cgroup counts, by the names of its files. */
export function hugepageSizes(directory: string | undefined): string[] {
  if (directory === undefined) return [];
  try {
    return listDirectory(directory).flatMap(
      ({ name }) => /^hugetlb\.(\d+[KMG]B)\.(?:current|usage_in_bytes)$/.exec(name)?.[1] ?? [],
    );
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** Statistics of each size of huge pages. */
export function hugetlbStats(sizes: readonly string[], statsOf: (size: string) => HugetlbStats): Record<string, HugetlbStats> {
  return Object.fromEntries(sizes.map((size) => [size, statsOf(size)]));
}
