// SPDX-License-Identifier: Apache-2.0
/** All limits of config.json as writes to files of cgroup v1. Pure. */
import type { Resources } from "../../spec/types.ts";
import { cpusetSettings } from "../cpuset.ts";
import { hugetlbSettings } from "../hugetlb.ts";
import { pidsSettings } from "../pids.ts";
import { rdmaSettings } from "../rdma.ts";
import type { Setting } from "../settings.ts";
import { blkioSettings } from "./blkio.ts";
import { cpuSettings } from "./cpu.ts";
import { memorySettings } from "./memory.ts";
import { networkSettings } from "./network.ts";

export function v1Settings(resources: Resources): Setting[] {
  const { cpu, memory, pids, blockIO, hugepageLimits, network, rdma } = resources;
  return [
    ...(cpu === undefined ? [] : [...cpusetSettings(cpu), ...cpuSettings(cpu)]),
    ...(memory === undefined ? [] : memorySettings(memory)),
    ...(pids === undefined ? [] : pidsSettings(pids)),
    ...(blockIO === undefined ? [] : blkioSettings(blockIO)),
    ...(hugepageLimits === undefined ? [] : hugetlbSettings(hugepageLimits, "limit_in_bytes")),
    ...(network === undefined ? [] : networkSettings(network)),
    ...(rdma === undefined ? [] : rdmaSettings(rdma)),
  ];
}
