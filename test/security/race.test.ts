// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 90
/** A mount's directory that is swapped for a link all the time, for a bounded time. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { agent } from "../lib/lane.ts";
import { Background, eventually } from "../lib/run.ts";
import { untouched, victim } from "../lib/victim.ts";

t.test("CVE-2021-30465: swapping a mount's directory for a link, without end", async (t) => {
  const c = container(t);
  const outside = victim(c);
  const volume = join(c.directory, "volume");
  mkdirSync(join(volume, "dir/target"), { recursive: true });
  symlinkSync(outside, join(volume, "swap"));
  const swapper = new Background([agent, "exchange", join(volume, "dir"), join(volume, "swap"), "15"]);
  t.teardown(() => swapper.dispose());
  await eventually(() => swapper.stdout.includes("swapping"));
  c.config.mounts.push({ destination: "/vol", type: "bind", source: volume, options: ["rbind"] });
  c.config.mounts.push({ destination: "/vol/dir/target", type: "tmpfs", source: "attack", options: ["size=64k"] });
  c.config.mounts.push({ destination: "/vol/dir/made", type: "tmpfs", source: "attack", options: ["size=64k"] });
  let made = 0;
  const end = performance.now() + 12_000;
  while (performance.now() < end) {
    if (c.create().code === 0) made++;
    const mountinfo = readFileSync("/proc/self/mountinfo", "utf8");
    if (mountinfo.includes(" attack ")) {
      t.fail("a mount on the host");
      break;
    }
    c.delete("--force");
  }
  t.ok(untouched(outside), "nothing made in the host's directory");
  t.equal(mountOn("self", outside), undefined);
  t.comment(`${made} containers made during the race`);
});
