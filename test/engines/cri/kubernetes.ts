// SPDX-License-Identifier: Apache-2.0
/** The manifests of docs/engines.md, and what the kubelet makes of them. */
import type { Test } from "tap";
import { parse } from "yaml";
import { codeBlocks } from "../lib/documented.ts";
import type { Installed } from "../lib/documented.ts";
import type { Cri } from "./cri.ts";

interface RuntimeClass {
  readonly metadata: { readonly name: string };
  readonly handler: string;
}

interface PodManifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly runtimeClassName: string;
    readonly containers: readonly { readonly name: string; readonly command: readonly string[] }[];
  };
}

/** Runs the pod by the handler of its RuntimeClass, and says that it was runt who made its containers. */
export async function tryManifests(t: Test, runt: Installed, cri: Cri): Promise<void> {
  const manifests: unknown[] = codeBlocks("docs/engines.md", "## Kubernetes", "yaml").map((text) => parse(text));
  const [runtimeClass, manifest] = manifests as [RuntimeClass, PodManifest];
  t.equal(manifest.spec.runtimeClassName, runtimeClass.metadata.name);
  runt.calls();
  const pod = await cri.pod({ network: "POD", pid: "CONTAINER" }, {}, runtimeClass.handler);
  t.equal(await cri.handlerOf(pod), cri.service.name === "containerd" ? runtimeClass.handler : undefined);
  for (const { name, command } of manifest.spec.containers) {
    const id = await cri.create(pod, command, { metadata: { name, attempt: 0 } });
    await cri.start(id);
    t.equal((await cri.status(id)).state, "CONTAINER_RUNNING", name);
    t.match((await cri.exec(id, ["cat", "/proc/1/cmdline"])).stdout, command[0], name);
  }
  const ofPod = cri.service.name === "containerd" ? 1 : 0; // CRI-O makes the namespaces of a pod by itself
  t.equal(runt.calls().filter((line) => line.includes(" create ")).length, ofPod + manifest.spec.containers.length, "by runt");
}
