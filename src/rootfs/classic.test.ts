// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { MS_NODEV, MS_RDONLY } from "../linux/mount-flags.ts";
import { classicData, classicFlags } from "./classic.ts";

t.test("classicFlags() adds up", (t) => {
  t.equal(classicFlags([]), 0);
  t.equal(classicFlags(["ro", "nodev"]), MS_RDONLY | MS_NODEV);
  t.end();
});

t.test("classicData() leaves out what is a flag, and refuses what the kernel would cut off", (t) => {
  t.equal(classicData(["lowerdir=/a:/b", "ro", "userxattr"]), "lowerdir=/a:/b,userxattr");
  t.equal(classicData([`lowerdir=${"a".repeat(4086)}`]).length, 4095);
  t.throws(() => classicData([`lowerdir=${"a".repeat(4087)}`]), /4096 bytes long, and the kernel takes 4095/);
  t.end();
});
