// SPDX-License-Identifier: Apache-2.0
/** RDMA resources, a line a device: the same file in cgroup v1 and v2. Pure. Documentation/admin-guide/cgroup-v1/rdma.rst */
import type { Rdma } from "../spec/types.ts";
import { type Setting, settingsOf } from "./settings.ts";

const rdma = settingsOf("rdma", "rdma");

export function rdmaSettings(devices: Readonly<Record<string, Rdma>>): Setting[] {
  return Object.entries(devices).map(([device, { hcaHandles, hcaObjects }]) => {
    const limits = [
      hcaHandles === undefined ? "" : ` hca_handle=${hcaHandles}`,
      hcaObjects === undefined ? "" : ` hca_object=${hcaObjects}`,
    ].join("");
    const keyed = { key: device, reset: "hca_handle=max hca_object=max" };
    return rdma("rdma.max", device + limits, `[${JSON.stringify(device)}]`, { keyed });
  });
}
