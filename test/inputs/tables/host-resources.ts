// SPDX-License-Identifier: Apache-2.0
/** Values of linux.resources that only this kernel or this host can refuse. */
import { cgroupV2, unless } from "../../lib/lane.ts";
import { has, set } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

const absent = { major: 240, minor: 77 };

export const rows: readonly Refusal[] = [
  {
    section: "linux.resources.memory",
    what: "less than a process needs",
    change: set("resources", { memory: { limit: 4096 } }),
    says: /OOM-killed/,
    code: "init-oom",
    hint: /memory\.limit/,
    skip: unless(has("memory"), "no memory controller here"),
  },
  {
    section: "linux.resources.memory",
    what: "no controller",
    change: set("resources", { memory: { limit: 1 << 30 } }),
    says: /linux\.resources\.memory is given.*no memory controller/,
    hint: /controllers of this host/,
    skip: unless(!has("memory"), "the controller is there"),
  },
  {
    section: "linux.resources.cpu",
    what: "a processor that the machine lacks",
    change: set("resources", { cpu: { cpus: "900" } }),
    says: /cpu\.cpus.*"900".*cpuset\.cpus/,
    hint: /cpu\/online/,
    skip: unless(has("cpuset"), "no cpuset controller here"),
  },
  {
    section: "linux.resources.cpu",
    what: "a memory node that the machine lacks",
    change: set("resources", { cpu: { mems: "63" } }),
    says: /cpu\.mems.*"63".*cpuset\.mems/,
    hint: /node\/online/,
    skip: unless(has("cpuset"), "no cpuset controller here"),
  },
  {
    section: "linux.resources.cpu",
    what: "more real time than there is",
    change: set("resources", { cpu: { realtimeRuntime: 2000000, realtimePeriod: 1000000 } }),
    says: /realtimeRuntime.*"2000000"/,
    hint: /real-time budget/,
    skip: unless(!cgroupV2 && has("cpu"), "cgroup v1 has it"),
  },
  {
    section: "linux.resources.blockIO",
    what: "a device that is not there",
    change: set("resources", { blockIO: { throttleReadBpsDevice: [{ ...absent, rate: 1000 }] } }),
    says: /blockIO\.throttleReadBpsDevice\[0\].*"240:77 1000"/,
    hint: /no disk/,
    skip: unless(has("blkio"), "no blkio controller here"),
  },
  {
    section: "linux.resources.blockIO",
    what: "a weight that the scheduler lacks",
    change: set("resources", { blockIO: { weightDevice: [{ ...absent, weight: 100 }] } }),
    says: /blockIO\.weightDevice\[0\].*"240:77 100"/,
    hint: /disk/,
    skip: unless(has("blkio"), "no blkio controller here"),
  },
  {
    section: "linux.resources.hugepageLimits",
    what: "a size that the kernel lacks",
    change: set("resources", { hugepageLimits: [{ pageSize: "3MB", limit: 3 << 20 }] }),
    says: /hugepageLimits\[0\].*hugetlb/,
    hint: cgroupV2 ? /hugepages/ : /mount the controller/,
    skip: unless(cgroupV2 || !has("hugetlb"), "test/cgroup"),
  },
  {
    section: "linux.resources.network",
    what: "a device that is not there",
    change: set("resources", { network: { priorities: [{ name: "nosuch0", priority: 1 }] } }),
    says: /network\.priorities.*net_prio/,
    skip: unless(!has("net_prio"), "the controller is there"),
  },
  {
    section: "linux.resources.rdma",
    what: "a device that is not there",
    change: set("resources", { rdma: { nosuch_1: { hcaHandles: 1 } } }),
    says: /rdma.*rdma/,
    hint: /controller/,
    skip: unless(!has("rdma"), "the controller is there"),
  },
  {
    section: "linux.resources.unified",
    what: cgroupV2 ? "a file that is not there" : "on cgroup v1",
    change: set("resources", { unified: { "cgroup.nosuch": "1" } }),
    says: cgroupV2 ? /unified\["cgroup\.nosuch"\]/ : /linux\.resources\.unified is given, and this host has cgroup v1/,
    ...(cgroupV2 ? { hint: /no such file in a cgroup/ } : {}),
  },
];
