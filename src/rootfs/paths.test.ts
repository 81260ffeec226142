// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { componentsOf, relativeToRoot, splitPath } from "./paths.ts";

t.test("splitPath() tells the parent and the name", (t) => {
  t.same(splitPath("/proc"), { parent: "/", name: "proc" });
  t.same(splitPath("/sys/fs/cgroup"), { parent: "/sys/fs", name: "cgroup" });
  t.same(splitPath("/"), { parent: "/", name: "" });
  t.end();
});

t.test("relativeToRoot() never gives a path that starts at the host's root", (t) => {
  t.equal(relativeToRoot("/"), ".");
  t.equal(relativeToRoot("/etc/hosts"), "etc/hosts");
  t.end();
});

t.test("componentsOf() drops what does not move, and keeps what goes up", (t) => {
  t.same(componentsOf("/a//./b/"), ["a", "b"]);
  t.same(componentsOf("../x"), ["..", "x"]);
  t.same(componentsOf("/"), []);
  t.end();
});
