// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import {
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MOUNT_ATTR__ATIME,
} from "../linux/mount-flags.ts";
import type { MountPlan } from "../plan/types.ts";
import { attributeBits, attributeSteps, superblockOptions, withoutAccessTime } from "./attributes.ts";

const bind: MountPlan = {
  index: 0,
  kind: "bind",
  destination: "/data",
  type: "bind",
  source: "/srv",
  recursiveBind: true,
  set: [],
  clear: [],
  recursiveSet: [],
  recursiveClear: [],
  propagation: [],
  data: [],
  tmpcopyup: false,
  sourceNoFollow: false,
  destinationNoFollow: false,
  copySymlink: false,
  idmap: undefined,
  label: undefined,
};
const steps = (changes: Partial<MountPlan>, implied: "private" | "slave" | undefined = undefined): object[] =>
  attributeSteps({ ...bind, ...changes }, { ownFlags: true, implied });

t.test("attributeBits() replaces the access time field as a whole", (t) => {
  t.same(attributeBits(["ro", "nosuid"], ["nodev"]), { set: MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, clear: MOUNT_ATTR_NODEV });
  t.same(attributeBits(["noatime"], []), { set: MOUNT_ATTR_NOATIME, clear: MOUNT_ATTR__ATIME });
  t.same(attributeBits(["strictatime"], ["noatime"]), { set: MOUNT_ATTR_STRICTATIME, clear: MOUNT_ATTR__ATIME });
  t.same(attributeBits(["relatime"], []), { set: 0, clear: MOUNT_ATTR__ATIME });
  t.same(attributeBits([], ["noatime"]), { set: 0, clear: MOUNT_ATTR__ATIME }, '"atime" is the default');
  t.same(attributeBits([], ["relatime"]), { set: 0, clear: 0 }, '"norelatime" says nothing about what instead');
  t.same(attributeBits(["sync", "lazytime"], []), { set: 0, clear: 0 }, "not of the mount");
  t.end();
});

t.test("withoutAccessTime() tells whether there is anything to leave out", (t) => {
  t.equal(withoutAccessTime({ set: MOUNT_ATTR_RDONLY, clear: 0 }), undefined);
  t.same(withoutAccessTime(attributeBits(["noatime", "ro"], [])), { set: MOUNT_ATTR_RDONLY, clear: 0 });
  t.end();
});

t.test("superblockOptions() speaks as fsconfig(2) does", (t) => {
  t.same(superblockOptions(["ro", "sync", "lazytime", "silent"], ["mand", "dirsync"]), ["sync", "lazytime", "nomand"]);
  t.end();
});

t.test("attributeSteps() needs no call where there is nothing to change", (t) => {
  t.same(steps({}), []);
  t.same(steps({ propagation: [{ type: "private", recursive: true }] }, "private"), [], "private already");
  t.end();
});

t.test("attributeSteps() keeps what is recursive apart from what is not", (t) => {
  const rprivate = [{ type: "private", recursive: true }] as const;
  t.same(steps({ set: ["ro"], propagation: rprivate }), [
    { set: MOUNT_ATTR_RDONLY, clear: 0, recursive: false, propagation: undefined },
    { set: 0, clear: 0, recursive: true, propagation: "private" },
  ]);
  t.same(steps({ recursiveSet: ["ro"], propagation: rprivate }), [
    { set: MOUNT_ATTR_RDONLY, clear: 0, recursive: true, propagation: "private" },
  ]);
  t.same(steps({ set: ["nosuid"], recursiveBind: false, propagation: rprivate }, "slave"), [
    { set: MOUNT_ATTR_NOSUID, clear: 0, recursive: false, propagation: "private" },
  ]);
  t.end();
});

t.test("attributeSteps() applies several propagations in their order", (t) => {
  const propagation = [
    { type: "slave", recursive: false },
    { type: "shared", recursive: false },
  ] as const;
  t.same(steps({ propagation }, "slave"), [
    { set: 0, clear: 0, recursive: false, propagation: "slave" },
    { set: 0, clear: 0, recursive: false, propagation: "shared" },
  ]);
  t.end();
});
