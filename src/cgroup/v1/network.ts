// SPDX-License-Identifier: Apache-2.0
/** Marks and priorities of a cgroup's packets in cgroup v1. Pure. Documentation/admin-guide/cgroup-v1/net_cls.rst, net_prio.rst */
import type { Network } from "../../spec/types.ts";
import { isSet, type Setting, settingsOf } from "../settings.ts";

const netCls = settingsOf("net_cls", "network");
const netPrio = settingsOf("net_prio", "network");

export function networkSettings({ classID, priorities = [] }: Network): Setting[] {
  return [
    ...(isSet(classID) ? [netCls("net_cls.classid", String(classID), "classID")] : []),
    ...priorities.map(({ name, priority }, index) =>
      netPrio("net_prio.ifpriomap", `${name} ${priority}`, `priorities[${index}]`, { keyed: { key: name, reset: "0" } }),
    ),
  ];
}
