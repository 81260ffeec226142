// SPDX-License-Identifier: Apache-2.0
/** Which controllers a config needs, and whether the host has them. */
import type { Resources } from "../spec/types.ts";
import type { Report } from "./errors.ts";
import { hasLimits } from "./resources.ts";
import type { HostFacts } from "./types.ts";

/** The v2 controller behind each member of linux.resources; `cpu` is two, and network has none. */
const controllerOf: Readonly<Partial<Record<keyof Resources, string>>> = {
  memory: "memory",
  blockIO: "io",
  pids: "pids",
  hugepageLimits: "hugetlb",
  rdma: "rdma",
};
const ofV1: typeof controllerOf = { ...controllerOf, blockIO: "blkio", network: "net_cls" };

/**
 * Refuses limits whose controller the host does not have (config-linux.md, "Unified"): the kernel would only say that a
 * file is missing. The host is asked only if there are limits.
 */
export function checkControllers(resources: Resources, facts: HostFacts, report: Report): void {
  if (!hasLimits(resources)) return;
  const v2 = facts.cgroupMode === "v2";
  const available = new Set(facts.cgroupControllers);
  const need = (controller: string, at: string): void => {
    if (available.has(controller)) return;
    const list = available.size === 0 ? "none" : [...available].join(", ");
    const message = `is given, and this host's cgroup ${v2 ? "v2" : "v1"} has no ${controller} controller`;
    report.refuse(at, message, `controllers of this host: ${list}`);
  };
  for (const [member, controller] of Object.entries(v2 ? controllerOf : ofV1)) {
    const settings = resources[member as keyof Resources];
    if (settings !== undefined && hasLimits({ [member]: settings })) need(controller, `linux.resources.${member}`);
  }
  const { cpus = "", mems = "", ...bandwidth } = resources.cpu ?? {};
  if (cpus !== "" || mems !== "") need("cpuset", `linux.resources.cpu.${cpus === "" ? "mems" : "cpus"}`);
  if (hasLimits({ cpu: bandwidth })) need("cpu", "linux.resources.cpu");
  for (const key in v2 ? resources.unified : {}) {
    const controller = key.slice(0, key.indexOf("."));
    // Files of the core, such as cgroup.max.depth, are in every cgroup.
    if (controller !== "cgroup" && key.includes(".")) need(controller, `linux.resources.unified[${JSON.stringify(key)}]`);
  }
}
