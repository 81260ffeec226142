// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 60
/** The file for CRI-O in docs/engines.md: conmon is given the program and the root that it names, as CRI-O gives them. */
import t from "tap";
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";
import { skipWithout } from "../lib/compare.ts";
import { CRIO_NEEDS, Crio } from "../lib/crio.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";

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
  }
}
