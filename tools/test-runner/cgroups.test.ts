// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { cgroupMounts } from "./cgroups.ts";

t.test("cgroupMounts() finds v1 and v2 and nothing else", (t) => {
  const mountinfo = [
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:3 - cgroup cgroup rw,cpu",
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
    "",
  ].join("\n");
  t.strictSame(cgroupMounts(mountinfo), ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]);
  t.end();
});
