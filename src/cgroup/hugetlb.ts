// SPDX-License-Identifier: Apache-2.0
/** Limits of huge pages in cgroup v1 and v2. Pure. Documentation/admin-guide/cgroup-v1/hugetlb.rst */
import type { HugepageLimit } from "../spec/types.ts";
import { type Setting, settingsOf } from "./settings.ts";

const hugetlb = settingsOf("hugetlb", "hugepageLimits");

/**
 * What is used is limited, and what is reserved where the kernel counts that too (Linux 5.7): a program then gets an error from
 * mmap(2) instead of a SIGBUS later. `suffix` is the v1 or the v2 name of the file.
 */
export function hugetlbSettings(limits: readonly HugepageLimit[], suffix: "limit_in_bytes" | "max"): Setting[] {
  return limits.flatMap(({ pageSize, limit }, index) => {
    const field = `[${index}]`;
    return [
      hugetlb(`hugetlb.${pageSize}.${suffix}`, String(limit), field),
      hugetlb(`hugetlb.${pageSize}.rsvd.${suffix}`, String(limit), field, { skipMissing: true }),
    ];
  });
}
