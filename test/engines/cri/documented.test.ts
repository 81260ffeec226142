// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** What docs/engines.md says about containerd and Kubernetes, done as it is written: its files, and what the kubelet makes of its manifests. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { must } from "../../lib/container.ts";
import { repository } from "../../lib/lane.ts";
import { run } from "../../lib/run.ts";
import { reference, skipFile, skipWithout } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, containerdName } from "../lib/containerd.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";
import { CNI_PLUGINS } from "./config.ts";
import { openContainerd } from "./containerd.ts";
import { tryManifests } from "./kubernetes.ts";

const PAGE = "docs/engines.md";
/** Under systemd's cgroup driver a pod's parent is a slice. */
const SLICE = "kubepods-besteffort.slice";

/** The names that a configuration gives to runtimes, and the default among them. */
function namesIn(config: string): { all: string[]; byDefault: string } {
  const all = [...config.matchAll(/^\[plugins\..*\.containerd\.runtimes\.([a-z]+)\]$/gm)].map(([, name]) => name ?? "");
  return { all, byDefault: /default_runtime_name = "(.*)"/.exec(config)?.[1] ?? "" };
}

/** Whether the containerd that is installed reads files of that version; the first version of all reads 2. */
function reads(config: string): boolean {
  const major = Number(/containerd (\d+)/.exec(containerdName())?.[1]);
  return major >= 2 || /^version = 2$/m.test(config);
}

/** Runs a pod with a container by each name, and by none, and says which of them called runt. */
async function tryNames(t: Test, runt: Installed, config: string): Promise<void> {
  const cri = await openContainerd(reference, config);
  t.teardown(() => cri.dispose());
  const { all, byDefault } = namesIn(config);
  for (const handler of [...all, ""]) {
    runt.calls();
    const pod = await cri.pod({ network: "NODE" }, {}, handler);
    const id = await cri.sh(pod, "exec sleep 1000");
    t.equal((await cri.exec(id, ["echo", "fine"])).stdout, "fine\n", `handler "${handler}"`);
    const created = runt.calls().filter((line) => line.includes(" create --bundle "));
    t.equal(
      created.length,
      (handler || byDefault) === "runt" ? 2 : 0,
      `handler "${handler}": pod and container by runt, or neither`,
    );
    if (created.length > 0) {
      const root = "/run/containerd/runc/k8s.io";
      t.match(readFileSync(join(repository, PAGE), "utf8"), `runt --root ${root} list`);
      t.match(must(run([runt.path, "--root", root, "list", "--quiet"])).stdout, id);
    }
    await cri.remove(pod);
  }
}

/** What the option does can be seen where there is no systemd, too: it is asked for its work, and nobody answers. */
async function trySystemd(t: Test, runt: Installed, config: string): Promise<void> {
  const cri = await openContainerd(reference, config);
  t.teardown(() => cri.dispose());
  runt.calls();
  const pod = cri.pod({ network: "NODE" }, { cgroup_parent: `/${SLICE}` }, "runt");
  const systemd = existsSync("/run/systemd/system");
  if (systemd) await pod;
  else await t.rejects(pod, /systemd/, "refused, and told why");
  t.match(runt.calls()[0], / --systemd-cgroup create --bundle /);
}

async function kubernetes(t: Test, runt: Installed, config: string): Promise<void> {
  const cri = await openContainerd(reference, config);
  t.teardown(() => cri.dispose());
  await tryManifests(t, runt, cri);
}

if (!skipWithout([...CONTAINERD_NEEDS, reference.path, `${CNI_PLUGINS}/bridge`])) {
  const problem = await openContainerd(reference).then(
    (cri) => cri.dispose(),
    (error: unknown) => String(error),
  );
  if (problem !== undefined) skipFile(`the machine: the CRI plug-in of containerd does not work here: ${oneLine(problem)}`);
  else {
    const runt = new Installed();
    const blocks = codeBlocks(PAGE, "## containerd", "toml");
    for (const [index, config] of blocks.entries()) {
      const skip = reads(config) ? false : `${containerdName()} does not read files of this version`;
      const attempt = config.includes("SystemdCgroup = true") ? trySystemd : tryNames;
      const version = /^version = \d/.exec(config)?.[0] ?? "";
      t.test(`/etc/containerd/config.toml, block ${index + 1} of the page, ${version}`, { skip }, (t) =>
        attempt(t, runt, config),
      );
    }
    t.test("RuntimeClass and pod", (t) => kubernetes(t, runt, blocks.find(reads) ?? ""));
  }
}
