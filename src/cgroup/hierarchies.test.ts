// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseCgroup } from "../linux/proc/cgroup.ts";
import { joinPath, placeIn, v1Hierarchies } from "./hierarchies.ts";

const mountinfo = [
  "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
  "90 23 0:29 /docker/abc /mnt/cpu rw - cgroup cgroup rw,cpu,cpuacct",
  "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
  "33 31 0:30 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
  "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd",
  "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
].join("\n");

t.test("v1Hierarchies() takes the usual place", async (t) => {
  t.same(v1Hierarchies(mountinfo), [
    { controllers: ["cpu", "cpuacct"], mountPoint: "/sys/fs/cgroup/cpu,cpuacct", root: "/" },
    { controllers: ["memory"], mountPoint: "/sys/fs/cgroup/memory", root: "/docker/abc" },
    { controllers: ["name=systemd"], mountPoint: "/sys/fs/cgroup/systemd", root: "/" },
    { controllers: [], mountPoint: "/sys/fs/cgroup/unified", root: "/" },
  ]);
});

t.test("placeIn() starts at the mount, or at the runtime's own cgroup", async (t) => {
  const [cpu, memory, , unified] = v1Hierarchies(mountinfo);
  if (cpu === undefined || memory === undefined || unified === undefined) throw new Error("no hierarchies");
  const own = parseCgroup("5:cpu,cpuacct:/user\n4:memory:/docker/abc/x\n0::/v2\n");
  t.equal(placeIn(cpu, "/a//b/", undefined), "/sys/fs/cgroup/cpu,cpuacct/a/b");
  t.equal(placeIn(cpu, "c", own), "/sys/fs/cgroup/cpu,cpuacct/user/c");
  t.equal(placeIn(memory, "c", own), "/sys/fs/cgroup/memory/x/c");
  t.equal(placeIn(memory, "/c", undefined), "/sys/fs/cgroup/memory/c");
  t.equal(placeIn(unified, "c", own), "/sys/fs/cgroup/unified/v2/c");
  t.equal(joinPath("/", "/a/", "b//c"), "/a/b/c");
});
