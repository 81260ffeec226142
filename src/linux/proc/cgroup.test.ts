// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { controllerPath, parseCgroup, unifiedPath } from "./cgroup.ts";

const hybrid = "12:cpu,cpuacct:/a\n5:memory:/b:c\n1:name=systemd:/user.slice\n0::/init.scope (deleted)\n";

t.test("parseCgroup() reads v1, named and v2 lines", (t) => {
  const memberships = parseCgroup(hybrid);
  t.equal(unifiedPath(memberships), "/init.scope");
  t.equal(controllerPath(memberships, "cpuacct"), "/a");
  t.equal(controllerPath(memberships, "memory"), "/b:c");
  t.equal(controllerPath(memberships, "name=systemd"), "/user.slice");
  t.equal(controllerPath(memberships, "pids"), undefined);
  t.equal(unifiedPath(parseCgroup("3:pids:/x\n")), undefined);
  t.throws(() => parseCgroup("nonsense\n"), /unreadable cgroup line/);
  t.end();
});
