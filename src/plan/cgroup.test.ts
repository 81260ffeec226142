// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config, Linux, Resources } from "../spec/types.ts";
import { planCgroup, type CgroupContext } from "./cgroup.ts";
import { hostFacts, isolations, reported, smallConfig } from "./testing.ts";
import type { CgroupPlan, MountPlan } from "./types.ts";

const context: CgroupContext = {
  id: "web1",
  manager: "cgroupfs",
  rootless: false,
  isolations: isolations({ cgroup: "" }),
  facts: hostFacts(),
  mounts: [],
};

function plan(linux: Linux, changes: Partial<CgroupContext> = {}, config: Partial<Config> = {}) {
  let result: CgroupPlan | undefined;
  const messages = reported((report) => {
    result = planCgroup(smallConfig({ linux, ...config }), { ...context, ...changes }, report);
  });
  return { ...messages, plan: result };
}

t.test("where the cgroup is", async (t) => {
  const systemd = { manager: "systemd" } as const;
  const cases: [string | undefined, string, boolean, Partial<CgroupContext>?][] = [
    [undefined, "/web1", false],
    ["", "web1", true, { rootless: true }],
    [undefined, ":runt:web1", false, systemd],
    ["/a/b", "/a/b", false],
    ["/a/../../b/./c/", "/b/c", false],
    ["a/b", "a/b", true],
    ["../../a", "a", true],
    ["system.slice:docker:abc", "system.slice:docker:abc", false, systemd],
    [":cri:abc", ":cri:abc", false, systemd],
    ["/a", "", false, { manager: "disabled" }],
  ];
  for (const [cgroupsPath, path, relative, changes] of cases) {
    const result = plan(cgroupsPath === undefined ? {} : { cgroupsPath }, changes);
    t.same(result.refused, []);
    t.match(result.plan, { path, relative }, cgroupsPath ?? "none");
  }
});

t.test("paths that are refused, each with what to do", async (t) => {
  const systemd = plan({ cgroupsPath: "/a/b" }, { manager: "systemd" });
  t.same(systemd.refused, ['linux.cgroupsPath: is "/a/b", and must be "slice:prefix:name" for the systemd cgroup manager']);
  t.same(systemd.hints, ["call without --systemd-cgroup, or let the engine use the systemd cgroup driver"]);
  t.same(plan({ cgroupsPath: "a:b:" }, { manager: "systemd" }).refused.length, 1);
  const fs = plan({ cgroupsPath: "system.slice:docker:x" });
  t.same(fs.refused, [
    'linux.cgroupsPath: is "system.slice:docker:x", which is for the systemd cgroup manager, and must be a path',
  ]);
  t.same(fs.hints, ["call with --systemd-cgroup, or let the engine use the cgroupfs driver"]);
  t.same(plan({ cgroupsPath: "/a/.." }).refused, ['linux.cgroupsPath: is "/a/..", and must name a cgroup below the root']);
});

t.test("a cgroup is dispensable only for a rootless container without limits", async (t) => {
  const limits: Resources = { pids: { limit: 5 } };
  t.equal(plan({}).plan?.required, true);
  t.equal(plan({}, { rootless: true }).plan?.required, false);
  t.equal(plan({ resources: limits }, { rootless: true }).plan?.required, true);
  const disabled = plan({ resources: limits }, { manager: "disabled" });
  t.equal(disabled.plan?.required, false);
  t.same(disabled.warned, ["linux.resources: is ignored, because cgroups are disabled"]);
});

t.test("the cgroup is given to the user under the spec's conditions", async (t) => {
  const mounts = (set: string[], source = "cgroup"): MountPlan[] => [
    { kind: "cgroup", source, destination: "/sys/fs/cgroup", set } as unknown as MountPlan,
  ];
  const process = { cwd: "/", args: ["x"], user: { uid: 7, gid: 0 } };
  const cases: [string, number | undefined, Partial<CgroupContext>, Linux?][] = [
    ["all of them", 7, { mounts: mounts([]) }],
    ["read-only", undefined, { mounts: mounts(["ro"]) }],
    ["another source", undefined, { mounts: mounts([], "cgroup2") }],
    ["no mount", undefined, {}],
    ["cgroup v1", undefined, { mounts: mounts([]), facts: hostFacts({ cgroupMode: "v1" }) }],
    ["no cgroup namespace", undefined, { mounts: mounts([]), isolations: isolations({}) }],
    ["a joined cgroup namespace", undefined, { mounts: mounts([]), isolations: isolations({ cgroup: "/c" }) }],
    [
      "mapped in a user namespace",
      1007,
      { mounts: mounts([]), isolations: isolations({ cgroup: "", user: "" }) },
      { uidMappings: [{ containerID: 0, hostID: 1000, size: 10 }] },
    ],
    ["unknown in a joined user namespace", undefined, { mounts: mounts([]), isolations: isolations({ cgroup: "", user: "/u" }) }],
  ];
  for (const [name, owner, changes, linux] of cases) t.equal(plan(linux ?? {}, changes, { process }).plan?.ownerUid, owner, name);
});

t.test("annotations become properties with systemd alone", async (t) => {
  const annotations = { "org.systemd.property.CollectMode": "'x'" };
  t.same(plan({}, {}, { annotations }).plan?.systemdProperties, []);
  t.same(plan({}, { manager: "systemd" }, { annotations }).plan?.systemdProperties, [{ name: "CollectMode", value: "'x'" }]);
});
