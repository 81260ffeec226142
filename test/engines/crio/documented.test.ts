// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 180
/**
 * The files for CRI-O in docs/engines.md: conmon is given the program and the root that they name, as CRI-O gives them; and where there is
 * a CRI-O, it reads them.
 */
import t from "tap";
import type { Test } from "tap";
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";
import { tryManifests } from "../cri/kubernetes.ts";
import { reference, skipWithout } from "../lib/compare.ts";
import { CRIO_NEEDS, Crio } from "../lib/crio.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";
import { crioVersion, missingCrio, openCrio } from "./daemon.ts";

/** Runs a container by each name, and by none, and says which of them called runt. */
async function tryNames(t: Test, runt: Installed, file: string): Promise<void> {
  const cri = await openCrio(reference, { more: file });
  t.teardown(() => cri.dispose());
  const byDefault = file.includes('default_runtime = "runt"') ? "runt" : reference.name;
  for (const handler of ["runt", reference.name, ""]) {
    runt.calls();
    const pod = await cri.pod({ network: "NODE", pid: "CONTAINER" }, {}, handler);
    const id = await cri.sh(pod, "exec sleep 1000");
    t.equal((await cri.exec(id, ["echo", "fine"])).stdout, "fine\n", `handler "${handler}"`);
    const created = runt.calls().filter((line) => line.includes(" create --bundle "));
    t.equal(created.length, (handler || byDefault) === "runt" ? 1 : 0, `handler "${handler}": by runt, or not`);
    if (created.length > 0) t.match(must(run([runt.path, "list", "--quiet"])).stdout, id);
    await cri.remove(pod);
  }
  if (byDefault === "runt") await tryManifests(t, runt, cri);
}

/** The value of a key in the table of the runtime that is called runt. */
function setting(file: string, key: string): string {
  const table = /^\[crio\.runtime\.runtimes\.runt\]\n((?:.+\n)*)/m.exec(file)?.[1] ?? "";
  return new RegExp(`^${key} = "(.*)"$`, "m").exec(table)?.[1] ?? "";
}

if (!skipWithout(CRIO_NEEDS)) {
  const runt = new Installed();
  for (const file of codeBlocks("docs/engines.md", "## CRI-O", "toml")) {
    t.test(`/etc/crio/crio.conf.d/10-runt.conf: ${oneLine(file)}`, async (t) => {
      t.equal(setting(file, "runtime_path"), runt.path);
      t.equal(setting(file, "runtime_type"), "oci");
      const root = setting(file, "runtime_root");
      const crio = new Crio({ name: "runt", path: setting(file, "runtime_path") }, root);
      t.teardown(() => crio.dispose());
      runt.calls();
      const kept = await crio.start("exec sleep 1000");
      const [create = ""] = runt.calls();
      t.match(create, new RegExp(`^--root=${root} create --bundle ${kept.bundle} --pid-file `));
      t.equal((await crio.exec(kept, ["sh", "-c", "exit 3"])).code, 3);
      t.match(runt.calls().at(-1), new RegExp(`^--root=${root} exec --pid-file .* --process .* --detach ${kept.id}$`));
      t.match(must(run([runt.path, "list", "--quiet"])).stdout, kept.id, "runt's own root: its commands find the containers");
    });
    t.test(`${crioVersion()} reads it`, { skip: missingCrio() ?? false }, (t) => tryNames(t, runt, file));
  }
}
