// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parsePlace, pathsBelow } from "./below.ts";

t.test("parsePlace()", async (t) => {
  t.same(parsePlace("/a//b/", false), { controllers: [], path: "/a/b" });
  t.same(parsePlace("a:b", false), { controllers: [], path: "/a:b" });
  t.same(parsePlace("pids,cpu:/sub", true), { controllers: ["pids", "cpu"], path: "/sub" });
  t.same(parsePlace("/", true), { controllers: [], path: "" });
  for (const out of ["..", "/..", "/sub/../..", "../x"]) t.throws(() => parsePlace(out, false), /leads out/);
  t.throws(() => parsePlace("pids:/../..", true), /leads out/);
});

t.test("pathsBelow()", async (t) => {
  const paths = { pids: "/p/c", cpu: "/c/c" };
  t.same(pathsBelow(paths, [parsePlace("pids:/s", true)]), { pids: "/p/c/s", cpu: "/c/c" });
  t.same(pathsBelow(paths, [parsePlace("/s", true)]), { pids: "/p/c/s", cpu: "/c/c/s" });
  t.throws(() => pathsBelow(paths, [parsePlace("memory:/s", true)]), /no cgroup of the controller "memory"/);
});
