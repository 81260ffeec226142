// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 120
/** Bad values by section of config.json that only the kernel or the host refuses: what was made by then is taken back. */
import t from "tap";
import { container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { refuses } from "../lib/refusal.ts";
import { rows as linux } from "./tables/host-linux.ts";
import { rows as other } from "./tables/host-other.ts";
import { rows as process } from "./tables/host-process.ts";
import { rows as resources } from "./tables/host-resources.ts";
import { rows as rootfs } from "./tables/host-rootfs.ts";
import * as spec from "./tables/sections.ts";

const rows = [...rootfs, ...process, ...other, ...linux, ...resources];

t.test("every section has a value for each who can refuse it", (t) => {
  const refusedByHost = new Set(rows.map(({ section }) => section));
  for (const section of spec.sections) {
    t.ok(spec.refused.has(section), `${section}: by the specification`);
    if (section in spec.neverByHost) t.notOk(refusedByHost.has(section), section);
    else t.ok(refusedByHost.has(section), `${section}: by the host`);
  }
  t.end();
});

const bundle = container(t);
for (const row of rows) {
  t.test(`${row.section}: ${row.what}`, { skip: unless(isRunt, "the reference checks less") || (row.skip ?? false) }, (t) => {
    refuses(t, bundle, row);
    t.end();
  });
}

for (const member of ["initial", "final"]) {
  t.test(
    `process.execCPUAffinity.${member}: a CPU that the machine lacks, for exec`,
    { skip: unless(isRunt, "of runt") },
    (t) => {
      const c = container(t, (config) => (config.process["execCPUAffinity"] = { [member]: "900" }));
      c.startSleeping();
      const result = c.exec(["true"]);
      t.equal(result.code, 255);
      t.match(result.stderr, /^exec failed: .*set CPU affinity to "900".*\nhint: CPUs of this machine are in /);
      t.equal(c.status(), "running");
      t.end();
    },
  );
}
