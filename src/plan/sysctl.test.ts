// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config } from "../spec/types.ts";
import { planSysctl, sysctlPath } from "./sysctl.ts";
import { hostFacts, isolations, reported, smallConfig } from "./testing.ts";
import type { NamespaceType, SysctlPlan } from "./types.ts";

const all = { network: "", ipc: "", uts: "" };

function plan(sysctl: Record<string, string>, own: Partial<Record<NamespaceType, string>> = all, changes: Partial<Config> = {}) {
  let result: SysctlPlan[] = [];
  const messages = reported((report) => {
    result = planSysctl(smallConfig({ linux: { sysctl }, ...changes }), isolations(own), hostFacts(), report);
  });
  return { ...messages, plan: result };
}

t.test("sysctlPath() takes both spellings", async (t) => {
  for (const [key, path] of [
    ["net.ipv4.ip_forward", "net/ipv4/ip_forward"],
    ["net/ipv4/ip_forward", "net/ipv4/ip_forward"],
    ["net.ipv4.conf.eno2/100.rp_filter", "net/ipv4/conf/eno2.100/rp_filter"],
    ["net/ipv4/conf/eno2.100/rp_filter", "net/ipv4/conf/eno2.100/rp_filter"],
    ["single", "single"],
  ] as const) {
    t.equal(sysctlPath(key), path);
  }
});

t.test("a key with dots and slashes has another reading, if that is of the same namespace", async (t) => {
  const other = (key: string) => plan({ [key]: "1" }).plan.map(({ path, otherPath }) => [path, otherPath]);
  t.same(other("net.ipv4.conf/lo/rp_filter"), [["net/ipv4/conf.lo.rp_filter", "net/ipv4/conf/lo/rp_filter"]]);
  t.same(other("net/ipv4.conf/lo/rp_filter"), [["net/ipv4.conf/lo/rp_filter", "net/ipv4/conf/lo/rp_filter"]]);
  t.same(other("net/ipv4/..conf/lo"), [["net/ipv4/..conf/lo", undefined]]);
  t.same(other("net.ipv4.ip_forward"), [["net/ipv4/ip_forward", undefined]]);
});

t.test("keys of the container's own namespaces are set", async (t) => {
  const result = plan({ "net.core.somaxconn": "256", "kernel/shmmax": "1", "fs.mqueue.msg_max": "5", "kernel.domainname": "d" });
  t.same(result.refused, []);
  t.same(result.plan, [
    { path: "net/core/somaxconn", key: "net.core.somaxconn", value: "256" },
    { path: "kernel/shmmax", key: "kernel/shmmax", value: "1" },
    { path: "fs/mqueue/msg_max", key: "fs.mqueue.msg_max", value: "5" },
    { path: "kernel/domainname", key: "kernel.domainname", value: "d" },
  ]);
  t.same(plan({ "net.core.somaxconn": "1" }, { network: "/run/netns/a" }).refused, []);
  t.same(plan({}, {}, { linux: {} }).plan, []);
});

t.test("keys that are refused", async (t) => {
  const cases: [string, string, Partial<Record<NamespaceType, string>>?, Partial<Config>?][] = [
    ["vm.swappiness", "belongs to no namespace: it would change the host"],
    ["kernel.shm", "belongs to no namespace: it would change the host"],
    ["network.x", "belongs to no namespace: it would change the host"],
    ["net.core.somaxconn", "belongs to the network namespace, and the container shares the host's", {}],
    [
      "net.core.somaxconn",
      'belongs to the network namespace, and "/proc/1/ns/network" is the host\'s',
      { network: "/proc/1/ns/network" },
    ],
    ["kernel.sem", "belongs to the ipc namespace, and the container shares the host's", { network: "" }],
    ["kernel.domainname", "belongs to the uts namespace, and the container shares the host's", {}],
    ["kernel.hostname", 'conflicts with the field "hostname"'],
    ["net/../kernel/panic", "must be the name of a sysctl, with dots or slashes between its parts"],
    ["net..core", "must be the name of a sysctl, with dots or slashes between its parts"],
    ["/net/core", "must be the name of a sysctl, with dots or slashes between its parts"],
  ];
  for (const [key, message, own, changes] of cases) {
    const result = plan({ [key]: "1" }, own ?? all, changes);
    t.same(result.refused, [`linux.sysctl[${JSON.stringify(key)}]: ${message}`]);
    t.same(result.plan, []);
  }
  const both = plan({ "kernel.domainname": "a" }, all, { domainname: "b", linux: { sysctl: { "kernel.domainname": "a" } } });
  t.same(both.refused, ['linux.sysctl["kernel.domainname"]: conflicts with the field "domainname"']);
});
