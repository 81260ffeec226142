// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { mountOf, parseMountInfo } from "./mountinfo.ts";

const text = [
  "21 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw",
  "28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
  "40 28 0:33 /sub /mnt/a\\040b ro master:3 propagate_from:2 - tmpfs none rw,size=4k",
  "41 40 0:34 / /mnt/a\\040b rw - tmpfs - rw",
  "",
].join("\n");

t.test("parseMountInfo() reads optional fields and escapes", (t) => {
  const [sys, , sub, over] = parseMountInfo(text);
  t.match(sys, { id: 21, parent: 28, major: 0, minor: 20, root: "/", mountPoint: "/sys", type: "sysfs" });
  t.match(sub, { mountPoint: "/mnt/a b", root: "/sub", propagation: ["master:3", "propagate_from:2"], options: ["ro"] });
  t.match(over, { propagation: [], type: "tmpfs", source: "-" });
  t.throws(() => parseMountInfo("1 2 3"), /unreadable mountinfo line/);
  t.end();
});

t.test("mountOf() finds the topmost mount above a path", (t) => {
  const mounts = parseMountInfo(text);
  t.equal(mountOf(mounts, "/sys/fs")?.id, 21);
  t.equal(mountOf(mounts, "/system")?.id, 28);
  t.equal(mountOf(mounts, "/mnt/a b")?.id, 41);
  t.equal(mountOf([], "/"), undefined);
  t.end();
});
