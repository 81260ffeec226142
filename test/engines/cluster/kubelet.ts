// SPDX-License-Identifier: Apache-2.0
/** Pods as a kubelet makes them whose cgroup driver is systemd: a slice a pod, with a scope for each container in it. */
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";
import type { Cri, Fields, Pod, Service } from "../cri/cri.ts";
import type { Engine } from "../lib/compare.ts";
import { cgroupOf, childrenOf, hasCgroup } from "./units.ts";

/** A slice that a kubelet has made for a pod. */
export class PodSlice {
  readonly name: string;
  readonly cgroup: string;

  /** Asks systemd for it, with limits, as a kubelet does before it asks for the pod. */
  constructor(uid: string) {
    this.name = `kubepods-burstable-pod${uid}.slice`;
    this.cgroup = `/kubepods.slice/kubepods-burstable.slice/${this.name}`;
    const manager = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"];
    const limits = ["2", "MemoryMax", "t", String(256 << 20), "CPUWeight", "t", "79"];
    must(run(["busctl", "call", ...manager, "StartTransientUnit", "ssa(sv)a(sa(sv))", this.name, "replace", ...limits, "0"]));
  }

  get exists(): boolean {
    return hasCgroup(this.cgroup);
  }

  children(): string[] {
    return childrenOf(this.cgroup);
  }

  /** As a kubelet does it when the pod is gone. */
  stop(): void {
    must(run(["systemctl", "stop", this.name]));
  }
}

export class Kubelet<S extends Service = Service> implements Engine {
  readonly cri: Cri<S>;
  #slices: PodSlice[] = [];
  #count = 0;

  /** Speaks to an engine, and ends it. */
  constructor(cri: Cri<S>) {
    this.cri = cri;
  }

  /** A pod in a slice of its own. `security` is the pod's security context. */
  async pod(security: Fields = {}): Promise<{ cri: Cri<S>; slice: PodSlice; pod: Pod }> {
    const slice = new PodSlice(`${process.pid}_${this.#count++}`);
    this.#slices.push(slice);
    const namespaces = { network: "NODE" };
    const linux = { cgroup_parent: slice.name, security_context: { namespace_options: namespaces, ...security } };
    return { cri: this.cri, slice, pod: await this.cri.pod(namespaces, linux) };
  }

  /** The scope of a container, and its cgroup. */
  async scope(id: string): Promise<{ unit: string; cgroup: string }> {
    const cgroup = cgroupOf(await this.cri.pid(id));
    return { unit: cgroup.split("/").at(-1) ?? "", cgroup };
  }

  async reset(): Promise<void> {
    await this.cri.reset();
    for (const slice of this.#slices) slice.stop();
    this.#slices = [];
  }

  async dispose(): Promise<void> {
    await this.cri.dispose();
  }
}
