// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml
/** --systemd-cgroup on a machine whose init is not systemd. */
import { existsSync } from "node:fs";
import t from "tap";
import { container } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";
import { unless } from "../lib/lane.ts";

const skip = unless(!existsSync("/run/systemd/private") && !existsSync("/run/dbus/system_bus_socket"), "a systemd is here");

t.test("create says that there is no systemd and what to do, and leaves nothing", { skip }, (t) => {
  const c = container(t, undefined, { global: ["--systemd-cgroup"] });
  c.config.linux.cgroupsPath = `system.slice:pre:${c.id}`;
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /no systemd can be reached/);
  t.match(result.stderr, /call without --systemd-cgroup/);
  t.equal(c.status(), "none");
  t.strictSame(cgroupDirectories(`/system.slice/pre-${c.id}.scope`), []);
  t.end();
});
