// SPDX-License-Identifier: Apache-2.0
/** Values of linux.resources that break the specification, or that no kernel could apply. */
import { lacks, set } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

export const rows: readonly Refusal[] = [
  {
    section: "linux.resources.devices",
    what: "an unknown access",
    change: set("resources", { devices: [{ allow: true, access: "rx" }] }),
    says: /linux\.resources\.devices\[0\]\.access is "rx"/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.devices",
    what: "an unknown type",
    change: set("resources", { devices: [{ allow: true, type: "p", access: "r" }] }),
    says: /linux\.resources\.devices\[0\]\.type is "p"/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.memory",
    what: "a size in letters",
    change: set("resources", { memory: { limit: "1G" } }),
    says: /linux\.resources\.memory\.limit is "1G", and must be a 64-bit integer/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.memory",
    what: "swap below the limit",
    change: set("resources", { memory: { limit: 200 << 20, swap: 100 << 20 } }),
    says: /linux\.resources\.memory\.swap is 104857600.*209715200/,
    skip: lacks("memory"),
  },
  {
    section: "linux.resources.memory",
    what: "swappiness beyond the scale",
    change: set("resources", { memory: { swappiness: 101 } }),
    says: /linux\.resources\.memory\.swappiness is (101|given)/,
    skip: lacks("memory"),
  },
  {
    section: "linux.resources.cpu",
    what: "no list of processors",
    change: set("resources", { cpu: { cpus: "0,all" } }),
    says: /linux\.resources\.cpu\.cpus is "0,all".*0-3,7/,
    skip: lacks("cpuset"),
  },
  {
    section: "linux.resources.cpu",
    what: "a period that is too short",
    change: set("resources", { cpu: { period: 999 } }),
    says: /linux\.resources\.cpu\.period is 999 µs.*1000 to 1000000/,
    skip: lacks("cpu"),
  },
  {
    section: "linux.resources.cpu",
    what: "shares that are negative",
    change: set("resources", { cpu: { shares: -1 } }),
    says: /linux\.resources\.cpu\.shares is -1/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.blockIO",
    what: "a weight below the least",
    change: set("resources", { blockIO: { weight: 5 } }),
    says: /linux\.resources\.blockIO\.weight is 5.*10 to 1000/,
    skip: lacks("blkio"),
  },
  {
    section: "linux.resources.blockIO",
    what: "a rate that is negative",
    change: set("resources", { blockIO: { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: -1 }] } }),
    says: /linux\.resources\.blockIO\.throttleReadBpsDevice\[0\]\.rate is -1/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.hugepageLimits",
    what: "a size in one letter",
    change: set("resources", { hugepageLimits: [{ pageSize: "2M", limit: 0 }] }),
    says: /linux\.resources\.hugepageLimits\[0\]\.pageSize is "2M".*2MB/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.network",
    what: "a class that is too large",
    change: set("resources", { network: { classID: 4294967296 } }),
    says: /linux\.resources\.network\.classID is 4294967296/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.pids",
    what: "the kernel's word",
    change: set("resources", { pids: { limit: "max" } }),
    says: /linux\.resources\.pids\.limit is "max", and must be a 64-bit integer/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.rdma",
    what: "a device without limits",
    change: set("resources", { rdma: { mlx5_1: {} } }),
    says: /linux\.resources\.rdma.*mlx5_1.*hcaHandles.*hcaObjects/,
    code: "config-invalid",
  },
  {
    section: "linux.resources.unified",
    what: "a path",
    change: set("resources", { unified: { "../memory.max": "1" } }),
    says: /linux\.resources\.unified/,
    code: "config-invalid",
  },
];
