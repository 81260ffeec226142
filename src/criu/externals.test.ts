// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { hostRootfs } from "./testing.ts";
import { externalMounts, sharedMountPoint, sourceOf } from "./externals.ts";

const mounts = parseMountInfo(`100 1 254:1 /srv/box/rootfs / rw - ext4 /dev/root rw
101 100 0:50 / /proc rw - proc proc rw
102 101 0:50 /sys /proc/sys ro - proc proc rw
103 100 0:51 / /dev rw - tmpfs tmpfs rw
104 103 0:52 / /dev/pts rw - devpts devpts rw
105 103 0:52 /0 /dev/console rw - devpts devpts rw
106 101 0:51 /null /proc/kcore rw - tmpfs tmpfs rw
107 100 254:1 /srv/data /data rw - ext4 /dev/root rw
108 100 0:60 / /whole rw - tmpfs tmpfs rw
109 100 0:61 / /sys/fs/cgroup rw - tmpfs tmpfs rw
110 109 0:30 /box /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
111 100 254:1 /srv/box/rootfs/etc /etc ro - ext4 /dev/root rw
112 100 0:70 /hosts /etc/hosts rw - tmpfs tmpfs rw
`);

t.test("externalMounts() are those that cannot be made again", async (t) => {
  t.same(externalMounts(mounts, ["/whole"]), ["/dev/console", "/data", "/whole", "/sys/fs/cgroup/memory", "/etc/hosts"]);
});

t.test("sourceOf() finds them on another host", async (t) => {
  const host = {
    rootfs: hostRootfs([
      { kind: "bind", destination: "/data", source: "/mnt/data" },
      { kind: "bind", destination: "/data/inner", source: "/mnt/inner" },
      { kind: "cgroup", destination: "/sys/fs/cgroup", source: "cgroup" },
    ]),
    cgroups: [{ name: "memory", path: "/sys/fs/cgroup/memory/new" }],
    terminal: "/dev/pts/7",
  };
  t.same(sourceOf("/data", host), { path: "/mnt/data", below: "" });
  t.same(sourceOf("/data/below", host), { path: "/mnt/data", below: "/below" });
  t.same(sourceOf("/data/inner/x", host), { path: "/mnt/inner", below: "/x" });
  t.same(sourceOf("/sys/fs/cgroup/memory", host), { path: "/sys/fs/cgroup/memory/new", below: "" });
  t.equal(sourceOf("/sys/fs/cgroup/cpu", host), undefined);
  t.same(sourceOf("/dev/console", host), { path: "/dev/pts/7", below: "" });
  t.same(sourceOf("/proc/kcore", host), { path: "/dev/null", below: "" });
  t.equal(sourceOf("/elsewhere", host), undefined);
});

t.test("sharedMountPoint() are those in what is bound, whatever is bound there", async (t) => {
  const rootfs = hostRootfs([
    { kind: "bind", destination: "/data", source: "/mnt/data" },
    { kind: "bind", destination: "/data/inner", source: "/mnt/inner" },
    { kind: "tmpfs" as "bind", destination: "/tmp", source: "tmpfs" },
    { kind: "bind", destination: "/tmp/x", source: "/mnt/x" },
  ]);
  t.equal(sharedMountPoint("/data", rootfs), undefined);
  t.same(sharedMountPoint("/data/inner", rootfs), { path: "/mnt/data", below: "/inner" });
  t.same(sharedMountPoint("/data/inner/a/b", rootfs), { path: "/mnt/inner", below: "/a/b" });
  t.equal(sharedMountPoint("/tmp/x", rootfs), undefined);
  t.equal(sharedMountPoint("/database", rootfs), undefined);
});
