// SPDX-License-Identifier: Apache-2.0
/** All limits of config.json as writes to files of cgroup v2. Pure. */
import type { Resources } from "../../spec/types.ts";
import { cpusetSettings } from "../cpuset.ts";
import { hugetlbSettings } from "../hugetlb.ts";
import { pidsSettings } from "../pids.ts";
import { rdmaSettings } from "../rdma.ts";
import type { Setting } from "../settings.ts";
import { cpuSettings } from "./cpu.ts";
import { ioSettings } from "./io.ts";
import { memorySettings } from "./memory.ts";
import { unifiedSettings } from "./unified.ts";

/** In the order of writing: what config.json says of a file by its name has the last word. */
export function v2Settings(resources: Resources): Setting[] {
  const { cpu, memory, pids, blockIO, hugepageLimits, rdma, unified } = resources;
  return [
    ...(cpu === undefined ? [] : [...cpusetSettings(cpu), ...cpuSettings(cpu)]),
    ...(memory === undefined ? [] : memorySettings(memory)),
    ...(pids === undefined ? [] : pidsSettings(pids)),
    ...(blockIO === undefined ? [] : ioSettings(blockIO)),
    ...(hugepageLimits === undefined ? [] : hugetlbSettings(hugepageLimits, "max")),
    ...(rdma === undefined ? [] : rdmaSettings(rdma)),
    ...(unified === undefined ? [] : unifiedSettings(unified)),
  ];
}

/** The controllers that settings need, each once. */
export function neededControllers(settings: readonly Setting[]): string[] {
  return [...new Set(settings.map(({ controller }) => controller))].filter((controller) => controller !== "");
}
