// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config, IdMapping, Linux } from "../spec/types.ts";
import { checkIdMappings, mapToHost, planNamespaces, readNamespaces, wantsNetworkAhead } from "./namespaces.ts";
import { hostFacts, reported, smallConfig } from "./testing.ts";
import type { HostFacts, NamespacesPlan } from "./types.ts";

const root0: IdMapping[] = [{ containerID: 0, hostID: 100000, size: 65536 }];
const self: IdMapping[] = [{ containerID: 0, hostID: 1000, size: 1 }];
const user = { namespaces: [{ type: "user" }] };

function plan(linux: object, facts: Partial<HostFacts> = {}, changes: Partial<Config> = {}) {
  let result: NamespacesPlan | undefined;
  const config = smallConfig({ ...changes, linux: linux as Linux });
  const messages = reported((report) => {
    result = planNamespaces(config, readNamespaces(config, report), hostFacts(facts), report);
  });
  return { ...messages, plan: result };
}

t.test("namespaces are created or joined, user first and mount last", async (t) => {
  const { plan: result, refused } = plan({
    namespaces: [
      { type: "mount" },
      { type: "pid", path: "/proc/7/ns/pid" },
      { type: "user", path: "/proc/7/ns/user" },
      { type: "uts", path: "" },
    ],
  });
  t.same(refused, []);
  t.same(result?.create, ["uts", "mount"]);
  t.same(result?.join, [
    { type: "user", path: "/proc/7/ns/user" },
    { type: "pid", path: "/proc/7/ns/pid" },
  ]);
});

t.test("the runtime's own mount and uts namespace are no others for being named by a path", async (t) => {
  const paths = { mount: "/proc/1/ns/mount", uts: "/proc/1/ns/uts", ipc: "/proc/1/ns/ipc" };
  const namespaces = Object.entries(paths).map(([type, path]) => ({ type, path }));
  const config = smallConfig({ linux: { namespaces } as Linux });
  const { isOwnNamespace } = hostFacts();
  const messages = reported((report) => {
    const read = readNamespaces(config, report, isOwnNamespace);
    t.same([read.of("mount"), read.of("uts"), read.of("ipc")], ["host", "host", "joined"]);
    t.equal(readNamespaces(config, report).of("mount"), "joined");
  });
  t.same(messages.refused, []);
});

t.test("what the kernel or the spec refuses", async (t) => {
  const cases: [string, object, string[], Partial<HostFacts>?, Partial<Config>?][] = [
    [
      "a duplicate",
      { namespaces: [{ type: "pid" }, { type: "pid" }] },
      ['linux.namespaces[1].type: is "pid" for the second time, and each type may be listed once'],
    ],
    [
      "an unknown type",
      { namespaces: [{ type: "net" }] },
      ['linux.namespaces[0].type: is "net", and must be user, time, cgroup, ipc, uts, network, pid or mount'],
    ],
    [
      "a relative path",
      { namespaces: [{ type: "ipc", path: "ns/ipc" }] },
      ['linux.namespaces[0].path: is "ns/ipc", and must be an absolute path'],
    ],
    [
      "NUL in a path",
      { namespaces: [{ type: "ipc", path: "/a\0" }] },
      ['linux.namespaces[0].path: is "/a\\u0000", and must not contain NUL'],
    ],
    [
      "a user namespace without mappings",
      user,
      [
        "linux.uidMappings: is empty, and a new user namespace needs mappings",
        "linux.gidMappings: is empty, and a new user namespace needs mappings",
      ],
    ],
    [
      "mappings without a user namespace",
      { namespaces: [], uidMappings: root0 },
      ["linux.uidMappings: is given, and there is no user namespace"],
    ],
    [
      "mappings that no joined user namespace can have",
      { namespaces: [{ type: "user", path: "/u" }], gidMappings: [{ containerID: 0, hostID: 0, size: 0 }] },
      ["linux.gidMappings[0].size: is 0, and must be greater than 0"],
    ],
    [
      "no mapping of root",
      { ...user, uidMappings: [{ containerID: 1, hostID: 1, size: 1 }], gidMappings: root0 },
      ["linux.uidMappings: does not map uid 0, and the container's root is needed to set the container up"],
    ],
    [
      "no user namespace for a user",
      { namespaces: [] },
      ["linux.namespaces: has no user namespace, and the caller is not root"],
      { euid: 1000 },
    ],
    [
      "a hostname for the host",
      { namespaces: [] },
      ['hostname: is "web", and the container shares the host\'s UTS namespace'],
      {},
      { hostname: "web" },
    ],
    [
      "a long domainname",
      { namespaces: [{ type: "uts" }] },
      ["domainname: has 65 characters, and may have 64"],
      {},
      { domainname: "d".repeat(65) },
    ],
    [
      "offsets without a time namespace",
      { namespaces: [], timeOffsets: { monotonic: { secs: 1 } } },
      ["linux.timeOffsets: is given, and there is no time namespace; only a new one has its clocks set"],
    ],
    [
      "offsets for a joined time namespace",
      { namespaces: [{ type: "time", path: "/t" }], timeOffsets: { monotonic: { secs: 1 } } },
      ["linux.timeOffsets: is given, and the time namespace is joined by path; only a new one has its clocks set"],
    ],
    [
      "an unknown clock and too many nanoseconds",
      { namespaces: [{ type: "time" }], timeOffsets: { realtime: {}, boottime: { nanosecs: 1e9 } } },
      [
        "linux.timeOffsets.realtime: is not a clock of time namespaces, which are monotonic or boottime",
        "linux.timeOffsets.boottime.nanosecs: is 1000000000, and must be below 1000000000",
      ],
    ],
  ];
  for (const [name, linux, refused, facts, changes] of cases) t.same(plan(linux, facts, changes).refused, refused, name);
});

t.test("a joined UTS namespace may be renamed, and empty names ask for nothing", async (t) => {
  t.same(plan({ namespaces: [{ type: "uts", path: "/u" }] }, {}, { hostname: "a", domainname: "b" }).refused, []);
  t.same(plan({ namespaces: [] }, {}, { hostname: "", domainname: "" }).refused, []);
  t.same(plan({ namespaces: [], timeOffsets: {} }).refused, []);
});

t.test("who writes the id maps", async (t) => {
  const cases: [string, IdMapping[], IdMapping[], Partial<HostFacts>, boolean, boolean][] = [
    ["root", root0, root0, {}, false, false],
    ["a user, with its own ids alone", self, self, { euid: 1000, egid: 1000 }, false, true],
    ["a user, with a range", root0, root0, { euid: 1000, egid: 1000 }, true, false],
    ["a user, with another's gid", self, [{ containerID: 0, hostID: 5, size: 1 }], { euid: 1000, egid: 1000 }, true, false],
  ];
  for (const [name, uidMappings, gidMappings, facts, helpers, deny] of cases) {
    const result = plan({ ...user, uidMappings, gidMappings }, facts);
    t.same(result.refused, [], name);
    t.equal(result.plan?.mapWithHelpers, helpers, name);
    t.equal(result.plan?.denySetgroups, deny, name);
  }
});

t.test("checkIdMappings() refuses what the kernel would", async (t) => {
  const map = (containerID: number, hostID: number, size: number): IdMapping => ({ containerID, hostID, size });
  const cases: [IdMapping[], string[]][] = [
    [[map(0, 0, 0)], ["m[0].size: is 0, and must be greater than 0"]],
    [[map(0, 100, 10), map(9, 200, 5)], ["m[1]: overlaps m[0] in containerID, and each id may be mapped once"]],
    [[map(0, 100, 10), map(10, 109, 5)], ["m[1]: overlaps m[0] in hostID, and each id may be mapped once"]],
    [[map(0, 4294967295, 1)], ["m[0]: ends at hostID 4294967295, and the highest id is 4294967294"]],
    [[map(0, 0, 4294967295)], []],
    [Array.from({ length: 341 }, (_, i) => map(i, i, 1)), ["m: has 341 entries, and the kernel takes 340"]],
  ];
  for (const [mappings, refused] of cases) t.same(reported((report) => checkIdMappings("m", mappings, report)).refused, refused);
});

t.test("mapToHost()", async (t) => {
  t.equal(mapToHost(root0, 7), 100007);
  t.equal(mapToHost(root0, 65536), undefined);
  t.equal(mapToHost([], 0), undefined);
});

t.test("wantsNetworkAhead() only where this process as it is makes the namespace and clones init", async (t) => {
  const wants = (linux: object): boolean => wantsNetworkAhead(smallConfig({ linux: linux as Linux }));
  const network = { type: "network" };
  t.equal(wants({ namespaces: [{ type: "mount" }, network, { type: "pid" }] }), true);
  t.equal(
    wants({
      namespaces: [
        { type: "network", path: "" },
        { type: "ipc", path: "/proc/7/ns/ipc" },
      ],
    }),
    true,
  );
  const without = {
    "none is asked for": { namespaces: [{ type: "mount" }] },
    "it is joined": { namespaces: [{ type: "network", path: "/proc/7/ns/net" }] },
    "a user namespace must own it": { namespaces: [network, { type: "user" }] },
    "a joined one may not see it": { namespaces: [network, { type: "user", path: "/proc/7/ns/user" }] },
    "an intermediate clones init, for the time": { namespaces: [network, { type: "time" }] },
    "an intermediate clones init, for the pid": { namespaces: [network, { type: "pid", path: "/proc/7/ns/pid" }] },
    "devices are moved to it as soon as init is there": { namespaces: [network], netDevices: { eth0: {} } },
  };
  for (const [why, linux] of Object.entries(without)) t.equal(wants(linux), false, why);
  t.equal(wantsNetworkAhead(smallConfig({ linux: undefined })), false);
});
