// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { planHotMounts } from "./hot-mounts.ts";
import { hostFacts, smallConfig } from "./testing.ts";

const config = { ...smallConfig(), linux: { namespaces: [{ type: "mount" as const }] } };

t.test("planHotMounts() takes bind mounts and new file systems", async (t) => {
  const mounts = [
    { destination: "/data", type: "bind", source: "data", options: ["rbind", "ro"] },
    { destination: "/dev", type: "tmpfs" },
  ];
  const { rootfs } = planHotMounts(config, mounts, hostFacts(), "/b");
  t.match(rootfs.mounts, [{ kind: "bind", source: "/b/data", set: ["ro"] }, { kind: "new" }]);
  t.equal(rootfs.setUpDev, false);
});

t.test("planHotMounts() refuses what only create can do", async (t) => {
  const plan = (mount: object): unknown => planHotMounts(config, [{ destination: "/x", ...mount }], hostFacts(), "/b");
  t.throws(() => plan({ type: "cgroup", source: "cgroup" }), /mounts\[0\]\.type is a cgroup file system/);
  t.throws(() => plan({ type: "bind", source: "/a", options: ["remount", "ro"] }), /has "remount"/);
  t.throws(() => plan({ destination: "/", type: "tmpfs" }), /the root file system itself/);
  t.throws(() => plan({ destination: "/proc/self", type: "tmpfs" }), /inside \/proc/);
  t.throws(() => planHotMounts({ ...config, linux: {} }, [], hostFacts(), "/b"), /has no mount namespace/);
});
