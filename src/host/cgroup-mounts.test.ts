// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { cgroupModeOf, mountedControllers } from "./cgroup-mounts.ts";

const tmpfs = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n";
const v1 =
  tmpfs +
  "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n" +
  "33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset,noprefix,clone_children,favordynmods\n" +
  "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd\n";
const unified = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

t.test("cgroupModeOf()", async (t) => {
  t.equal(cgroupModeOf(parseMountInfo(v1)), "v1");
  t.equal(cgroupModeOf(parseMountInfo(v1 + unified)), "hybrid");
  t.equal(cgroupModeOf(parseMountInfo(unified)), "v2");
  t.equal(cgroupModeOf(parseMountInfo(tmpfs)), undefined);
});

t.test("mountedControllers() lists controllers alone", async (t) => {
  t.same(mountedControllers(parseMountInfo(v1 + unified)), ["cpu", "cpuacct", "cpuset"]);
});
