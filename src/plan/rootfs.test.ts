// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config } from "../spec/types.ts";
import { planRootfs } from "./rootfs.ts";
import { hostFacts, isolations, reported, smallConfig } from "./testing.ts";
import type { HostFacts, NamespaceType, RootfsPlan } from "./types.ts";

function plan(
  config: Partial<Config>,
  own: Partial<Record<NamespaceType, string>> = { mount: "", network: "" },
  facts: Partial<HostFacts> = {},
) {
  let result: RootfsPlan | undefined;
  const messages = reported((report) => {
    const context = { bundle: "/b", noPivot: false, isolations: isolations(own), facts: hostFacts(facts) };
    result = planRootfs(smallConfig(config), context, report);
  });
  return { ...messages, plan: result };
}

t.test("the root and what it is like by default", async (t) => {
  t.match(plan({ linux: {} }).plan, {
    path: "/b/rootfs",
    readonly: false,
    propagation: { type: "private", recursive: true },
    bindDevices: false,
    setUpDev: true,
    maskedPaths: [],
    rootUid: 0,
    rootGid: 0,
    ownMountNamespace: true,
    ownNetworkNamespace: true,
    ownCgroupNamespace: false,
  });
  t.equal(plan({ root: { path: "/srv/root", readonly: true } }).plan?.path, "/srv/root");
});

t.test("propagation", async (t) => {
  t.same(plan({ linux: { rootfsPropagation: "slave" } as Config["linux"] & object }).plan?.propagation, {
    type: "slave",
    recursive: false,
  });
  t.same(plan({ linux: { rootfsPropagation: "rshared" } as Config["linux"] & object }).plan?.propagation, {
    type: "shared",
    recursive: true,
  });
});

t.test("a user namespace means bound devices and a mapped root", async (t) => {
  const maps = [{ containerID: 0, hostID: 1000, size: 10 }];
  const mapped = plan({ linux: { uidMappings: maps, gidMappings: maps } }, { user: "", mount: "", network: "" });
  t.match(mapped.plan, { bindDevices: true, rootUid: 1000, rootGid: 1000 });
  t.match(plan({}, { user: "/u", mount: "" }).plan, { bindDevices: true, rootUid: 0 });
  t.equal(plan({}, undefined, { inUserNamespace: true }).plan?.bindDevices, true);
});

t.test("nothing is made in the host's /dev", async (t) => {
  const result = plan({ mounts: [{ destination: "/dev/", source: "/dev", type: "bind", options: ["rbind"] }] });
  t.match(result.plan, { setUpDev: false, devices: [] });
});

t.test("without a mount namespace there is a root and nothing else", async (t) => {
  const result = plan({ mounts: [{ destination: "/tmp", type: "tmpfs" }], linux: {} }, {});
  t.match(result.plan, { mounts: [], devices: [], setUpDev: false, ownMountNamespace: false });
  t.same(result.refused, []);
  t.same(result.warned, ["mounts: is ignored, because the container shares the host's mount namespace"]);
  const strict = plan({ root: { path: "r", readonly: true }, linux: { maskedPaths: ["/a"], readonlyPaths: ["/b"] } }, {});
  t.same(strict.refused, [
    "linux.maskedPaths: is given, and paths cannot be restricted without a mount namespace of the container's own",
    "linux.readonlyPaths: is given, and paths cannot be restricted without a mount namespace of the container's own",
    "root.readonly: is true, and the root cannot be made read-only without a mount namespace of the container's own",
  ]);
});

t.test("path lists are cleaned, each path once", async (t) => {
  const result = plan({
    linux: { maskedPaths: ["/proc/kcore", "/proc/../proc/kcore/", "/sys/firmware"], readonlyPaths: ["proc/sys"] },
  });
  t.same(result.plan?.maskedPaths, ["/proc/kcore", "/sys/firmware"]);
  t.same(plan({ linux: { maskedPaths: ["/"], readonlyPaths: ["/proc/.."] } }).refused, [
    'linux.maskedPaths[0]: is "/", and nothing can be put over the root itself',
    'linux.readonlyPaths[0]: is "/proc/..", and nothing can be put over the root itself',
  ]);
  t.same(result.refused, ['linux.readonlyPaths[0]: is "proc/sys", and must be an absolute path']);
});

t.test("what is refused or odd", async (t) => {
  t.same(plan({ root: { path: "" } }).refused, ["root.path: is missing, and must be the directory of the root file system"]);
  t.same(plan({ linux: { rootfsPropagation: "x" } as unknown as Config["linux"] & object }).refused, [
    'linux.rootfsPropagation: is "x", and must be shared, rshared, slave, rslave, private, rprivate, unbindable or runbindable',
  ]);
  t.same(plan({ linux: { mountLabel: "l" } }).refused, ['linux.mountLabel: is "l", and SELinux is not enabled on this host']);
  const sysfs = plan({ mounts: [{ destination: "/sys", type: "sysfs" }], linux: {} }, { user: "", mount: "" });
  t.same(sysfs.warned, ["mounts[0]: sysfs shows the host's network, and is bind-mounted from the host instead"]);
});
