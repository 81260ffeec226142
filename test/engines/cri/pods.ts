// SPDX-License-Identifier: Apache-2.0
/** Pods, as Kubernetes runs them: the sandbox, and the namespaces that containers share with it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cgroupDirectory, isAlive, namespaceOf } from "../../lib/kernel.ts";
import { eventually } from "../../lib/run.ts";
import type { Case } from "../lib/compare.ts";
import type { Cri, Fields } from "./cri.ts";

const SLEEP = "exec sleep 1000";
const HOST: Fields = { network: "NODE" };

async function withContainer(cri: Cri, namespaces: Fields): Promise<{ pod: number; container: number; id: string }> {
  const pod = await cri.pod(namespaces);
  const id = await cri.sh(pod, SLEEP, {}, { namespace_options: namespaces });
  return { pod: await cri.pid(pod), container: await cri.pid(id), id };
}

/** Cases of pods. */
export const pods: readonly Case<Cri>[] = [
  {
    name: "version, and a pod that is ready",
    run: async (cri) => {
      const { runtime_name: name } = await cri.call<{ runtime_name: string }>("Version", {});
      assert.equal(name, cri.service.name);
      const pod = await cri.pod(HOST);
      assert.equal((await cri.podStatus(pod)).state, "SANDBOX_READY");
      const told = cri.service.name === "containerd" ? cri.service.runtime.name : undefined;
      assert.equal(await cri.handlerOf(pod), told);
      assert.match(
        cgroupDirectory(await cri.pid(pod), "memory") ?? "",
        new RegExp(`/${cri.service.cgroupParent}/(crio-)?${pod.id}$`),
      );
    },
  },
  {
    name: "create, start, stop, remove: nothing is left",
    run: async (cri) => {
      const pod = await cri.pod(HOST);
      const id = await cri.create(pod, ["sh", "-c", SLEEP]);
      assert.equal((await cri.status(id)).state, "CONTAINER_CREATED");
      await cri.start(id);
      assert.equal((await cri.status(id)).state, "CONTAINER_RUNNING");
      const pids = [await cri.pid(id), await cri.pid(pod)];
      await cri.stop(id);
      const { state, exit_code: code } = await cri.status(id);
      assert.deepEqual([state, code], ["CONTAINER_EXITED", 137]);
      await cri.call("RemoveContainer", { container_id: id });
      await assert.rejects(cri.status(id), /not found/);
      await cri.remove(pod);
      await assert.rejects(cri.podStatus(pod), /not found/);
      assert.deepEqual(pids.map(isAlive), [false, false]);
      assert.ok(await eventually(() => cri.service.leftovers().length === 0), cri.service.leftovers().join("\n"));
    },
  },
  {
    name: "removing a pod ends its containers",
    run: async (cri) => {
      const pod = await cri.pod(HOST);
      const polite = "trap exit TERM; sleep 1000 & wait";
      const ids = [await cri.sh(pod, polite), await cri.sh(pod, polite)];
      const pids = await Promise.all(ids.map((id) => cri.pid(id)));
      for (const method of ["StopPodSandbox", "RemovePodSandbox"]) await cri.call(method, { pod_sandbox_id: pod.id });
      assert.ok(await eventually(() => !pids.some(isAlive)));
    },
  },
  {
    name: "namespaces of the node: network, pid, ipc",
    run: async (cri) => {
      const node = { network: "NODE", pid: "NODE", ipc: "NODE" };
      const { container, id } = await withContainer(cri, node);
      for (const kind of ["net", "pid", "ipc"]) assert.equal(namespaceOf(container, kind), namespaceOf("self", kind), kind);
      assert.notEqual(namespaceOf(container, "mnt"), namespaceOf("self", "mnt"));
      assert.match((await cri.exec(id, ["ps"])).stdout, /containerd|crio/);
    },
  },
  {
    name: "namespaces of the pod: pid, ipc, uts",
    run: async (cri) => {
      const { pod, container, id } = await withContainer(cri, { network: "NODE", pid: "POD", ipc: "POD" });
      for (const kind of ["pid", "ipc", "uts"]) assert.equal(namespaceOf(container, kind), namespaceOf(pod, kind), kind);
      assert.notEqual(namespaceOf(container, "pid"), namespaceOf("self", "pid"));
      assert.match((await cri.exec(id, ["ps"])).stdout, /1 root\s.*sleep 1000000/);
    },
  },
  {
    name: "the pid namespace of another container, as a debug container joins it",
    run: async (cri) => {
      const pod = await cri.pod(HOST);
      const target = await cri.sh(pod, SLEEP);
      const options = { namespace_options: { network: "NODE", pid: "TARGET", target_id: target } };
      const id = await cri.sh(pod, "sleep 500", {}, options);
      assert.equal(namespaceOf(await cri.pid(id), "pid"), namespaceOf(await cri.pid(target), "pid"));
      assert.match((await cri.exec(id, ["ps"])).stdout, /1 root\s.*sleep 1000\n/);
    },
  },
  {
    name: "a network namespace by CNI: an address, shared by the containers of the pod",
    run: async (cri) => {
      const pod = await cri.pod({ network: "POD" });
      const { network } = await cri.podStatus(pod);
      assert.match(network?.ip ?? "", /^10\.99\.0\.\d+$/);
      const mayPing = { capabilities: { add_capabilities: ["NET_RAW"] } };
      const ids = [await cri.sh(pod, SLEEP, {}, mayPing), await cri.sh(pod, SLEEP)];
      const [first, second] = await Promise.all(ids.map((id) => cri.pid(id)));
      assert.equal(namespaceOf(first ?? -1, "net"), namespaceOf(second ?? -1, "net"));
      assert.notEqual(namespaceOf(first ?? -1, "net"), namespaceOf("self", "net"));
      const { stdout } = await cri.exec(ids[0] ?? "", ["sh", "-c", "ip addr show eth0; ping -c 1 10.99.0.1; hostname"]);
      assert.match(stdout, new RegExp(`inet ${network?.ip ?? ""}/24[^]* 1 packets received[^]*\npod\\d+\n$`));
    },
  },
  {
    name: "sysctls of a pod",
    run: async (cri) => {
      const pod = await cri.pod(
        { network: "POD" },
        { sysctls: { "net.ipv4.ip_unprivileged_port_start": "80", "kernel.shm_rmid_forced": "1" } },
      );
      const id = await cri.sh(pod, SLEEP);
      const files = ["/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/kernel/shm_rmid_forced"];
      assert.equal((await cri.exec(id, ["cat", ...files])).stdout, "80\n1\n");
    },
  },
  {
    name: "a pod whose first process is killed is not ready, and can be removed",
    run: async (cri) => {
      const pod = await cri.pod(HOST);
      process.kill(await cri.pid(pod), "SIGKILL");
      const end = performance.now() + 10_000;
      while ((await cri.podStatus(pod)).state === "SANDBOX_READY" && performance.now() < end)
        await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await cri.podStatus(pod)).state, "SANDBOX_NOTREADY");
      await cri.remove(pod);
    },
  },
  {
    name: "ten pods at once",
    run: async (cri) => {
      const pods = await Promise.all(Array.from({ length: 10 }, () => cri.pod(HOST)));
      const ids = await Promise.all(pods.map((pod) => cri.sh(pod, SLEEP)));
      const outputs = await Promise.all(ids.map((id) => cri.exec(id, ["cat", "/proc/1/comm"])));
      assert.deepEqual(new Set(outputs.map((output) => output.stdout)), new Set(["sleep\n"]));
      await Promise.all(pods.map((pod) => cri.remove(pod)));
      assert.ok(await eventually(() => cri.service.leftovers().length === 0), cri.service.leftovers().join("\n"));
    },
  },
  {
    name: "the daemon starts anew, and its containers go on",
    run: async (cri) => {
      const pod = await cri.pod(HOST);
      const id = await cri.sh(pod, SLEEP);
      const pid = await cri.pid(id);
      await cri.restart();
      assert.ok(isAlive(pid));
      assert.equal((await cri.status(id)).state, "CONTAINER_RUNNING");
      assert.equal((await cri.exec(id, ["cat", "/proc/1/comm"])).stdout, "sleep\n");
      assert.equal(readFileSync(`/proc/${pid}/comm`, "utf8"), "sleep\n");
    },
  },
];
