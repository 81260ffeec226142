// SPDX-License-Identifier: Apache-2.0
/** The Container Runtime Interface of a containerd. */
import { eventually } from "../../lib/run.ts";
import { runName } from "../../lib/lane.ts";
import { CONTAINERD_NEEDS, Containerd, containerdName } from "../lib/containerd.ts";
import type { Case, Comparison, Runtime } from "../lib/compare.ts";
import { makeImage } from "../lib/image.ts";
import { CNI_PLUGINS, SANDBOX_IMAGE, oneRuntime, ownTables } from "./config.ts";
import { Cri } from "./cri.ts";

/** Names of images reach this part of containerd by an event. */
async function knowsImages(containerd: Containerd): Promise<boolean> {
  return eventually(() => (containerd.ok("images", "list").match(/io.cri-containerd.image=managed/g) ?? []).length >= 2);
}

/** A containerd of its own with the images; its configuration is `config`, and unless told names that runtime alone. */
export function openContainerd(runtime: Runtime, config = oneRuntime(runtime)): Promise<Cri<Containerd>> {
  const version = Number(/^version = (\d)/m.exec(config)?.[1]);
  const containerd = new Containerd(runtime, {
    config: (directory) => `${config}\n${ownTables(version, directory)}`,
    namespace: "k8s.io", // which containerd keeps for Kubernetes
    cgroupParent: `${runName}.cri`,
  });
  return Cri.open(containerd, async () => {
    containerd.ok("images", "import", makeImage());
    containerd.ok("images", "import", makeImage(SANDBOX_IMAGE, ["sleep", "1000000"]));
    if (!(await knowsImages(containerd))) throw new Error("the images are not seen");
  });
}

/** Cases of the interface, under containerd. */
export function underContainerd(cases: readonly Case<Cri>[]): Comparison<Cri> {
  return {
    engine: `${containerdName()} CRI`,
    needs: [...CONTAINERD_NEEDS, `${CNI_PLUGINS}/bridge`],
    open: (runtime) => openContainerd(runtime),
    cases,
  };
}
