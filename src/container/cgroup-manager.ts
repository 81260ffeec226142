// SPDX-License-Identifier: Apache-2.0
/** The cgroup of a container that is there, from its record. */
import { managerOf } from "../cgroup/open.ts";
import type { CgroupManager } from "../cgroup/manager.ts";
import type { ContainerRecord } from "./record.ts";

/** Opens nothing and checks nothing: what is gone shows when it is used. */
export function openManager(record: ContainerRecord): CgroupManager {
  return managerOf(record.cgroup);
}
