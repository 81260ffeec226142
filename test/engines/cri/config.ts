// SPDX-License-Identifier: Apache-2.0
/** Configuration files of containerd for its Container Runtime Interface. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Runtime } from "../lib/compare.ts";

/** The image of the first container of a pod. */
export const SANDBOX_IMAGE = "localhost/sandbox:1";
/** Where Debian has the network plug-ins. */
export const CNI_PLUGINS = "/usr/lib/cni";

/** Writes the network of pods, a bridge, to a directory `cni` of that directory. */
export function podNetwork(directory: string): void {
  const network = {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "pods0",
        isGateway: true,
        ipam: { type: "host-local", dataDir: join(directory, "addresses"), ranges: [[{ subnet: "10.99.0.0/24" }]] },
      },
    ],
  };
  mkdirSync(join(directory, "cni"), { recursive: true });
  writeFileSync(join(directory, "cni/10-pods.conflist"), JSON.stringify(network));
}

/** What this machine and these tests need in a configuration file: images from no registry, and no lower oom_score_adj. */
export function ownTables(version: number, directory: string): string {
  podNetwork(directory);
  const oom = "restrict_oom_score_adj = true # a machine without CAP_SYS_RESOURCE cannot lower it";
  const cni = [`  bin_dir = "${CNI_PLUGINS}"`, `  conf_dir = "${directory}/cni"`];
  if (version === 3) {
    const cri = 'plugins."io.containerd.cri.v1.runtime"';
    const images = ['[plugins."io.containerd.cri.v1.images".pinned_images]', `  sandbox = "${SANDBOX_IMAGE}"`];
    return [...images, `[${cri}]`, `  ${oom}`, `[${cri}.cni]`, ...cni].join("\n");
  }
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const streams = [`  stream_server_address = "127.0.0.1"`, `  stream_server_port = "0"`];
  return [`[${cri}]`, `  sandbox_image = "${SANDBOX_IMAGE}"`, ...streams, `  ${oom}`, `[${cri}.cni]`, ...cni].join("\n");
}

/** A configuration file with one runtime, which is the default; `systemd` has its cgroups made by systemd. */
export function oneRuntime(runtime: Runtime, systemd = false): string {
  const runtimes = 'plugins."io.containerd.grpc.v1.cri".containerd';
  return [
    "version = 2",
    `[${runtimes}]`,
    `  default_runtime_name = "${runtime.name}"`,
    `[${runtimes}.runtimes.${runtime.name}]`,
    `  runtime_type = "io.containerd.runc.v2"`,
    `  [${runtimes}.runtimes.${runtime.name}.options]`,
    `    BinaryName = "${runtime.path}"`,
    ...(systemd ? ["    SystemdCgroup = true"] : []),
  ].join("\n");
}
