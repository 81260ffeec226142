// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { addressesOf, parseAddresses, userAddresses } from "./address.ts";
import { parseUnitName, sliceCgroup, unitCgroup, unitObject } from "./unit.ts";

t.test("unit names and their cgroups", async (t) => {
  const table: [string, string, string][] = [
    ["system.slice:docker:abc", "docker-abc.scope", "/system.slice/docker-abc.scope"],
    [":runt:web1", "runt-web1.scope", "/system.slice/runt-web1.scope"],
    ["a-b-c.slice::web1", "web1.scope", "/a.slice/a-b.slice/a-b-c.slice/web1.scope"],
    ["-.slice:x:y", "x-y.scope", "/x-y.scope"],
    ["kubepods.slice::kubepods-pod1.slice", "kubepods-pod1.slice", "/kubepods.slice/kubepods-pod1.slice"],
  ];
  for (const [path, unit, cgroup] of table) {
    const name = parseUnitName(path, "system.slice");
    t.equal(name.unit, unit, path);
    t.equal(unitCgroup(name), cgroup, path);
  }
  for (const slice of ["a", "a--b.slice", "-a.slice", "a/b.slice", ".slice"])
    t.throws(() => sliceCgroup(slice), /no name for a systemd slice/, slice);
  t.throws(() => parseUnitName("a.slice:x:y z", "system.slice"), /no name for a systemd unit/);
});

t.test("objects of units", async (t) => {
  t.equal(unitObject("pre-a.b_1:2.scope"), "/org/freedesktop/systemd1/unit/pre_2da_2eb_5f1_3a2_2escope");
  t.equal(unitObject("7a.slice"), "/org/freedesktop/systemd1/unit/_37a_2eslice");
});

t.test("addresses", async (t) => {
  t.same(parseAddresses("unix:path=/run/user/1000/bus,guid=12;tcp:host=x;unix:abstract=/tmp/dbus%2dX"), [
    { path: "/run/user/1000/bus", abstract: undefined, direct: false },
    { path: undefined, abstract: "/tmp/dbus-X", direct: false },
  ]);
  t.same(userAddresses(new Map([["XDG_RUNTIME_DIR", "/run/user/5"]])), [
    "unix:path=/run/user/5/bus",
    "direct:/run/user/5/systemd/private",
  ]);
  t.same(userAddresses(new Map()), []);
  t.same(addressesOf(["direct:/a"]), [{ path: "/a", direct: true }]);
});
