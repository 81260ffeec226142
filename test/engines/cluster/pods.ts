// SPDX-License-Identifier: Apache-2.0
/** What a kubelet with `cgroupDriver: systemd` does with an engine that has systemd make its cgroups. */
import assert from "node:assert/strict";
import { eventually, waitUntil } from "../../lib/run.ts";
import type { Case } from "../lib/compare.ts";
import type { Kubelet } from "./kubelet.ts";
import { DENIED_DEVICE, assertUnit, cgroupOf, processesIn, properties, reloadSystemd, unitFile, unitsWith } from "./units.ts";

const SLEEP = "exec sleep 1000";
const RESOURCES = { cpu_quota: 50_000, cpu_period: 100_000, cpu_shares: 512, memory_limit_in_bytes: 64 << 20 };
const LIMITED = {
  properties: { MemoryMax: "67108864", CPUQuotaPerSecUSec: "500ms" },
  files: { "memory.max": "67108864", "cpu.max": "50000 100000" },
};
const UPDATED = {
  properties: { MemoryMax: "50331648", CPUQuotaPerSecUSec: "200ms" },
  files: { "memory.max": "50331648", "cpu.max": "20000 100000" },
};

/** What the scopes of each engine begin with. */
const SCOPES = { containerd: "cri-containerd", "cri-o": "crio" };

/** Cases of pods in slices. */
export const pods: readonly Case<Kubelet>[] = [
  {
    name: "a pod and its container have a scope each in the pod's slice, and nothing is left of them",
    run: async (kubelet) => {
      const { cri, slice, pod } = await kubelet.pod();
      const id = await cri.sh(pod, SLEEP);
      for (const thing of [pod, id]) {
        const name = `${SCOPES[cri.service.name]}-${typeof thing === "string" ? thing : thing.id}.scope`;
        assert.equal(cgroupOf(await cri.pid(thing)), `${slice.cgroup}/${name}`);
        const expected = { Slice: slice.name, Delegate: "yes", ActiveState: "active", ControlGroup: `${slice.cgroup}/${name}` };
        assert.deepEqual(properties(name, Object.keys(expected)), expected);
      }
      await cri.remove(pod);
      for (const gone of [id, pod.id]) {
        assert.ok(waitUntil(() => unitsWith(gone).length === 0));
      }
      assert.ok(await eventually(() => cri.service.leftovers().length === 0), cri.service.leftovers().join("\n"));
      assert.deepEqual(slice.children(), [], "the slice itself is the kubelet's");
      slice.stop();
      assert.ok(!slice.exists);
    },
  },
  {
    name: "limits and an update of them are properties and in the kernel's files; a reload of systemd keeps them, and device rules",
    run: async (kubelet) => {
      const { cri, pod } = await kubelet.pod();
      const id = await cri.sh(pod, SLEEP, {}, {}, RESOURCES);
      const { unit, cgroup } = await kubelet.scope(id);
      const devices = async (): Promise<string> => (await cri.exec(id, ["sh", "-c", DENIED_DEVICE])).stdout;
      assertUnit(unit, cgroup, LIMITED);
      const weight = unitFile(cgroup, "cpu.weight");
      assert.match(weight, /^(20|59)$/, "of 512 shares, by the older formula or by the newer");
      assert.equal(properties(unit, ["CPUWeight"])["CPUWeight"], weight);
      assert.equal(await devices(), "zero\n");
      reloadSystemd();
      assertUnit(unit, cgroup, LIMITED);
      assert.equal(await devices(), "zero\n", "after a reload");
      const linux = { cpu_quota: 20_000, cpu_period: 100_000, cpu_shares: 1024, memory_limit_in_bytes: 48 << 20 };
      await cri.call("UpdateContainerResources", { container_id: id, linux });
      assertUnit(unit, cgroup, UPDATED);
      reloadSystemd();
      assertUnit(unit, cgroup, UPDATED);
      assert.equal(await devices(), "zero\n", "after an update and a reload");
    },
  },
  {
    name: "exec is in the container's scope, stats are of it; it goes on while the engine is restarted",
    run: async (kubelet) => {
      const { cri, pod } = await kubelet.pod();
      const id = await cri.sh(pod, `i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; ${SLEEP}`, {}, {}, RESOURCES);
      const { unit, cgroup } = await kubelet.scope(id);
      const inside = await cri.exec(id, ["sh", "-c", "cat /proc/self/cgroup; cat /sys/fs/cgroup/cgroup.procs | wc -l"]);
      assert.match(inside.stdout, /^0::\/\n[2-4]\n$/);
      assert.ok(waitUntil(() => processesIn(cgroup).length === 1));
      const { nanoseconds, bytes } = await cri.usage(id);
      assert.ok(nanoseconds > 1_000_000);
      assert.ok(bytes > 0);
      await cri.restart();
      assert.equal((await cri.exec(id, ["echo", "fine"])).stdout, "fine\n");
      assertUnit(unit, cgroup, LIMITED);
    },
  },
  {
    name: "stop with processes that outlive the first, ends, lack of memory, a start that fails: no unit is left, and the reason is told",
    run: async (kubelet) => {
      const { cri, slice, pod } = await kubelet.pod();
      const many = await cri.sh(pod, `sleep 1000 & sleep 1001 & ${SLEEP}`);
      await cri.stop(many, 1);
      // The engine hears of it only as long as the cgroup is there, which systemd removes at once.
      const greedy = await cri.sh(
        pod,
        "tail /dev/zero; code=$?; sleep 2; exit $code",
        {},
        {},
        { memory_limit_in_bytes: 20_000_000 },
      );
      const { exit_code: code, reason } = await cri.ended(greedy);
      assert.deepEqual([code, reason], [137, "OOMKilled"]);
      const nothing = cri.create(pod, ["nothing"]).then((id) => cri.start(id));
      await assert.rejects(nothing, /executable file not found/);
      assert.ok(waitUntil(() => slice.children().length === 1));
      for (const id of [many, greedy]) assert.ok(waitUntil(() => unitsWith(id).length === 0));
    },
  },
  {
    name: "pods at the same time, a privileged one among them, which sees the cgroups of the machine",
    run: async (kubelet) => {
      const started = await Promise.all([{}, { privileged: true }].map((security) => kubelet.pod(security)));
      const ids = await Promise.all(
        started.map(({ cri, pod }, index) => cri.sh(pod, SLEEP, {}, { privileged: index === 1 }, RESOURCES)),
      );
      for (const [index, id] of ids.entries()) {
        const { unit, cgroup } = await kubelet.scope(id);
        assertUnit(unit, cgroup, LIMITED);
        const seen = (await kubelet.cri.exec(id, ["cat", "/proc/self/cgroup"])).stdout;
        assert.equal(seen, `0::${index === 1 ? cgroup : "/"}\n`);
      }
      await Promise.all(started.map(({ cri, pod }) => cri.remove(pod)));
      for (const { slice } of started) assert.deepEqual(slice.children(), []);
    },
  },
];
