// SPDX-License-Identifier: Apache-2.0
// @lanes cluster @timeout 100
/** What a kubelet with `cgroupDriver: systemd` does with a containerd that has `SystemdCgroup = true`. */
import assert from "node:assert/strict";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, containerdName } from "../lib/containerd.ts";
import type { Containerd } from "../lib/containerd.ts";
import { oneRuntime } from "../cri/config.ts";
import { openContainerd } from "../cri/containerd.ts";
import { Kubelet } from "./kubelet.ts";
import { pods } from "./pods.ts";
import { cgroupOf, hasCgroup, properties, unitsWith } from "./units.ts";

const SLEEP = "exec sleep 1000";

const cases: Case<Kubelet<Containerd>>[] = [
  ...pods,
  {
    name: "ctr run --runc-systemd-cgroup",
    run: ({ cri: { service: containerd } }) => {
      const pid = containerd.start("by-hand", SLEEP, "--runc-systemd-cgroup", "--cgroup", "system.slice:ctr:by-hand");
      const cgroup = "/system.slice/ctr-by-hand.scope";
      try {
        assert.equal(cgroupOf(pid), cgroup);
        assert.equal(properties("ctr-by-hand.scope", ["ControlGroup"])["ControlGroup"], cgroup);
        assert.equal(containerd.exec("by-hand", ["cat", "/proc/self/cgroup"]).stdout, `0::${cgroup}\n`);
      } finally {
        containerd.ctr(["tasks", "rm", "--force", "by-hand"]);
        containerd.ctr(["containers", "rm", "by-hand"]);
      }
      assert.ok(waitUntil(() => !hasCgroup(cgroup) && unitsWith("ctr-by-hand").length === 0));
    },
  },
];

await compare({
  engine: `${containerdName()} CRI, systemd`,
  needs: CONTAINERD_NEEDS,
  open: async (runtime) => new Kubelet(await openContainerd(runtime, oneRuntime(runtime, true))),
  cases,
});
