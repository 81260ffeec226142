// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { IdMapping, Mount } from "../spec/types.ts";
import { planMounts, type MountContext } from "./mounts.ts";
import { reported } from "./testing.ts";
import type { MountPlan } from "./types.ts";

const range: IdMapping[] = [{ containerID: 0, hostID: 1000, size: 2 }];
const context: MountContext = {
  bundle: "/bundle",
  cgroupMode: "v2",
  newUserNamespace: false,
  ownUserNamespace: false,
  unprivileged: false,
  uidMappings: [],
  gidMappings: [],
  mountLabel: undefined,
  labelOption: "context",
  systemdHierarchy: undefined,
};

function plan(mount: Mount, changes: Partial<MountContext> = {}) {
  let result: readonly MountPlan[] = [];
  const messages = reported((report) => {
    result = planMounts([mount], { ...context, ...changes }, report);
  });
  return { ...messages, plan: result[0] };
}

t.test("the kind, the type and the source of a mount", async (t) => {
  const cases: [string, Mount, Partial<MountPlan>, Partial<MountContext>?][] = [
    ["a file system", { destination: "/tmp", type: "tmpfs", source: "tmp" }, { kind: "new", type: "tmpfs", source: "tmp" }],
    ["a source is made up", { destination: "/proc", type: "proc" }, { kind: "new", source: "proc" }],
    [
      "bind by option",
      { destination: "/d", source: "data", type: "none", options: ["rbind"] },
      { kind: "bind", source: "/bundle/data", recursiveBind: true },
    ],
    [
      "bind by type",
      { destination: "/d", source: "/data", type: "bind" },
      { kind: "bind", source: "/data", type: "bind", recursiveBind: false },
    ],
    ["remount", { destination: "/", type: "tmpfs", options: ["remount", "ro"] }, { kind: "remount", type: "tmpfs", set: ["ro"] }],
    ["remount of one mount", { destination: "/", options: ["remount", "bind"] }, { kind: "remount", type: "bind" }],
    ["cgroup on v2", { destination: "/sys/fs/cgroup", type: "cgroup" }, { kind: "cgroup", type: "cgroup2" }],
    ["cgroup2 on v2", { destination: "/sys/fs/cgroup", type: "cgroup2" }, { kind: "cgroup", type: "cgroup2" }],
    ["cgroup on v1", { destination: "/sys/fs/cgroup", type: "cgroup" }, { kind: "cgroup", type: "cgroup" }, { cgroupMode: "v1" }],
    ["cgroup2 beside v1", { destination: "/c2", type: "cgroup2" }, { kind: "new", type: "cgroup2" }, { cgroupMode: "hybrid" }],
    ["destinations are cleaned", { destination: "/a/../b//c/", type: "tmpfs" }, { destination: "/b/c" }],
    [
      "a file that lxcfs emulates",
      { destination: "/proc/meminfo", source: "/l", options: ["bind"] },
      { destination: "/proc/meminfo" },
    ],
    ["a procfs of the host", { destination: "/proc", source: "/proc", options: ["rbind"] }, { kind: "bind" }],
    ["proc elsewhere", { destination: "/other/proc", type: "proc" }, { destination: "/other/proc" }],
  ];
  for (const [name, mount, expected, changes] of cases) {
    const result = plan(mount, changes);
    t.same(result.refused, [], name);
    t.match(result.plan, expected, name);
  }
});

t.test("mounts that are refused", async (t) => {
  const inUser = { newUserNamespace: true, ownUserNamespace: true, uidMappings: range, gidMappings: range };
  const proc = (path: string): string =>
    `mounts[0].destination: is "${path}", which cannot be mounted because it is inside /proc`;
  const maps = [{ containerID: 0, hostID: 1000, size: 1 }];
  const cases: [Mount, string[], Partial<MountContext>?][] = [
    [{ destination: "", type: "tmpfs" }, ['mounts[0].destination: is "", and must be an absolute path']],
    [{ destination: "/a\0b", type: "tmpfs" }, ['mounts[0].destination: is "/a\\u0000b", and must not contain NUL']],
    [
      { destination: "/a", type: "tmpfs", options: ["ro", "x\0"] },
      ['mounts[0].options[1]: is "x\\u0000", and must not contain NUL'],
    ],
    [{ destination: "/a" }, ["mounts[0].type: is missing, and only a bind mount needs none"]],
    [{ destination: "/a", options: ["bind"] }, ["mounts[0].source: is missing, and a bind mount needs one"]],
    [
      { destination: "/a", source: "/s", options: ["bind", "readonly", "mode=7", "nosuids"] },
      ['mounts[0].options: has "readonly", "nosuids", and a bind mount takes no options of a file system'],
    ],
    [
      { destination: "/proc", type: "tmpfs" },
      ['mounts[0].destination: is "/proc" for type "tmpfs", and only a file system of type "proc" may be mounted there'],
    ],
    [{ destination: "/proc/sys", source: "/x", options: ["bind"] }, [proc("/proc/sys")]],
    [{ destination: "/tmp/../proc/self/attr", type: "tmpfs" }, [proc("/proc/self/attr")]],
    [{ destination: "proc/kcore", type: "tmpfs" }, [proc("/proc/kcore")]],
    [
      { destination: "/a", type: "ext4", options: ["tmpcopyup"] },
      ['mounts[0].options: has "tmpcopyup", which is for tmpfs, and the type is "ext4"'],
    ],
    [
      { destination: "/a", type: "tmpfs", options: ["copy-symlink"] },
      ['mounts[0].options: has "copy-symlink", which is for bind mounts'],
    ],
    [
      { destination: "/a", type: "tmpfs", options: ["idmap"], uidMappings: maps, gidMappings: maps },
      ['mounts[0].options: has "idmap", which is for bind mounts', "mounts[0]: has id mappings, which are for bind mounts"],
    ],
    [
      { destination: "/a", source: "/s", options: ["bind", "idmap"] },
      ['mounts[0].options: has "idmap", and an id-mapped bind mount needs root on the host'],
      { ...inUser, unprivileged: true },
    ],
    [
      { destination: "/dev/pts", type: "devpts", options: ["gid=5"] },
      ['mounts[0].options: has "gid=5", and linux.gidMappings does not map 5'],
      inUser,
    ],
    [{ destination: "/dev/pts", type: "devpts", options: ["gid=1", "uid=0", "mode=0620"] }, [], inUser],
    [
      { destination: "/a", type: "tmpfs" },
      ['annotations["run.oci.mount_context_type"]: is "ctx", and must be context, fscontext, defcontext or rootcontext'],
      { labelOption: "ctx" },
    ],
  ];
  for (const [mount, refused, changes] of cases) t.same(plan(mount, changes).refused, refused, JSON.stringify(mount));
});

t.test("what is only odd", async (t) => {
  const relative = plan({ destination: "data", type: "tmpfs" });
  t.equal(relative.plan?.destination, "/data");
  t.same(relative.warned, ['mounts[0].destination: is "data"; a relative path is deprecated and taken as relative to "/"']);
  const sync = plan({ destination: "/a", source: "/b", options: ["bind", "sync"] });
  t.same(sync.warned, ['mounts[0].options: has "sync", which a bind mount cannot change and which is ignored']);
  const data = plan({ destination: "/a", source: "/b", options: ["bind", "size=1,mode=7"] });
  t.same(data.warned, ['mounts[0].options: has "size=1", "mode=7", which a bind mount ignores']);
  t.same(data.refused, []);
});

t.test("the SELinux label goes to file systems that take one", async (t) => {
  const mountLabel = "system_u:object_r:container_file_t:s0:c1,c2";
  const label = (mount: Mount, labelOption = "context") => plan(mount, { mountLabel, labelOption }).plan;
  t.equal(label({ destination: "/t", type: "tmpfs" })?.label, mountLabel);
  t.equal(label({ destination: "/proc", type: "proc" })?.label, undefined);
  t.equal(label({ destination: "/b", source: "/b", type: "bind" })?.label, undefined);
  t.equal(label({ destination: "/t", type: "tmpfs", options: ['context="x"'] })?.label, undefined);
  t.same(label({ destination: "/t", type: "tmpfs" }, "rootcontext")?.data, [`rootcontext=${mountLabel}`]);
});
