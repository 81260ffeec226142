// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Resources } from "../spec/types.ts";
import { checkControllers } from "./controllers.ts";
import { hostFacts, reported } from "./testing.ts";

const refused = (resources: object, cgroupControllers: string[], cgroupMode: "v1" | "v2" = "v2"): string[] =>
  reported((report) => checkControllers(resources as Resources, hostFacts({ cgroupControllers, cgroupMode }), report)).refused;

const all = {
  memory: { limit: 1 },
  blockIO: { weight: 100 },
  pids: { limit: 0 },
  hugepageLimits: [{ pageSize: "2MB", limit: 1 }],
  rdma: { a: { hcaObjects: 1 } },
  cpu: { shares: 5, mems: "0" },
  unified: { "misc.max": "1", "cgroup.max.depth": "3" },
};

t.test("limits without a controller are refused", async (t) => {
  const without = (controller: string): string => `is given, and this host's cgroup v2 has no ${controller} controller`;
  t.same(refused(all, []), [
    `linux.resources.memory: ${without("memory")}`,
    `linux.resources.blockIO: ${without("io")}`,
    `linux.resources.pids: ${without("pids")}`,
    `linux.resources.hugepageLimits: ${without("hugetlb")}`,
    `linux.resources.rdma: ${without("rdma")}`,
    `linux.resources.cpu.mems: ${without("cpuset")}`,
    `linux.resources.cpu: ${without("cpu")}`,
    `linux.resources.unified["misc.max"]: ${without("misc")}`,
  ]);
  t.same(refused(all, ["memory", "io", "pids", "hugetlb", "rdma", "cpuset", "cpu", "misc"]), []);
});

t.test("in cgroup v1 two have other names, and network is one", async (t) => {
  const v1 = { blockIO: { weight: 100 }, network: { classID: 7 }, cpu: { quota: 5000 } };
  t.same(refused(v1, ["cpu"], "v1"), [
    "linux.resources.blockIO: is given, and this host's cgroup v1 has no blkio controller",
    "linux.resources.network: is given, and this host's cgroup v1 has no net_cls controller",
  ]);
  t.same(refused(all, ["memory", "blkio", "pids", "hugetlb", "rdma", "cpuset", "cpu"], "v1"), []);
});

t.test("what asks for nothing needs nothing", async (t) => {
  t.same(refused({ memory: { disableOOMKiller: false }, cpu: { shares: 0, cpus: "" }, blockIO: { weight: 0 } }, []), []);
  t.same(refused({ cpu: { cpus: "0" } }, ["cpuset"]), []);
  t.same(refused({ devices: [{ allow: false }] }, [], "v1"), []);
});
