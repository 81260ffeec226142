// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { NamespacesPlan, NamespaceType } from "../plan/types.ts";
import { cloneShape, withoutNetwork } from "./clone-shape.ts";

function plan(create: NamespaceType[], join: NamespaceType[] = []): NamespacesPlan {
  return {
    create,
    join: join.map((type) => ({ type, path: `/ns/${type}` })),
    uidMappings: [],
    gidMappings: [],
    mapWithHelpers: false,
    denySetgroups: false,
    timeOffsets: undefined,
  };
}

t.test("cloneShape() clones a default container in one step", async (t) => {
  const shape = cloneShape(plan(["mount", "pid", "network", "ipc", "uts", "cgroup"]));
  t.equal(shape.intermediate, false);
  t.same(shape.cloned, ["mount", "pid", "network", "ipc", "uts"], "the cgroup namespace waits until init sits in its cgroup");
  t.equal(shape.newCgroup, true);
});

t.test("withoutNetwork() leaves everything but the network namespace to the clone", async (t) => {
  const shape = cloneShape(plan(["mount", "pid", "network", "ipc", "uts", "cgroup"]));
  t.same(withoutNetwork(shape), { ...shape, cloned: ["mount", "pid", "ipc", "uts"] });
});

t.test("cloneShape() lets init join what changes nothing but its own view", async (t) => {
  const shape = cloneShape(plan(["mount", "pid", "ipc", "uts"], ["network"]));
  t.equal(shape.intermediate, false);
  t.same(
    shape.joinInside.map(({ type }) => type),
    ["network"],
  );
});

t.test("cloneShape() puts a process in between where the kernel demands one", async (t) => {
  const cases: [string, NamespacesPlan][] = [
    ["a pid namespace by path", plan(["mount"], ["pid"])],
    ["a user namespace by path", plan(["mount", "pid"], ["user"])],
    ["a time namespace by path", plan(["mount", "pid"], ["time"])],
    ["a new time namespace", plan(["mount", "time"])],
    ["a new user namespace with a joined network", plan(["user", "mount"], ["network"])],
  ];
  for (const [name, namespaces] of cases) {
    const shape = cloneShape(namespaces);
    t.equal(shape.intermediate, true, name);
    t.same(shape.joinInside, [], `${name}: nothing is left for init to join`);
  }
});

t.test("cloneShape() has the user namespace own the time namespace", async (t) => {
  const shape = cloneShape(plan(["user", "time", "mount"]));
  t.equal(shape.userByIntermediate, true);
  t.same(shape.cloned, ["mount"]);
});

t.test("cloneShape() has namespaces with files made by the mapped root of a new user namespace", async (t) => {
  const all = plan(["user", "mount", "pid", "network", "ipc", "uts"]);
  t.same(cloneShape(all).cloned, ["user", "mount", "pid", "uts"]);
  t.same(cloneShape(all).unshared, ["network", "ipc"]);
  t.same(cloneShape(all, true).unshared, ["ipc"], "devices are moved into it before");
  t.same(cloneShape(plan(["user", "ipc"], ["network"])).unshared, ["ipc"]);
  t.same(cloneShape(plan(["user", "time", "network", "ipc"])).unshared, [], "the intermediate is that root already");
  t.same(cloneShape(plan(["network", "ipc"])).unshared, []);
});
