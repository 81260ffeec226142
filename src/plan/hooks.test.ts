// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Hook } from "../spec/types.ts";
import { hookNames, planHooks } from "./hooks.ts";
import { reported, smallConfig } from "./testing.ts";

t.test("hooks keep their order; kinds that are missing are empty", async (t) => {
  const hooks = { createRuntime: [{ path: "/a" }, { path: "/b" }], poststop: [{ path: "/c", timeout: 1 }] };
  const { refused, warned } = reported((report) => {
    const plan = planHooks(smallConfig({ hooks }), report);
    t.same(
      plan.createRuntime.map((hook) => hook.path),
      ["/a", "/b"],
    );
    t.same(plan.prestart, []);
    t.same(Object.keys(plan), [...hookNames]);
    t.same(planHooks(smallConfig(), report).poststop, []);
  });
  t.same([refused, warned], [[], []]);
});

t.test("hooks that are refused or deprecated", async (t) => {
  const bad: Hook[] = [{ path: "x" }, { path: "/x", timeout: 0 }, { path: "/x", args: ["a\0"] }];
  const { refused, warned } = reported((report) => planHooks(smallConfig({ hooks: { prestart: bad } }), report));
  t.same(refused, [
    'hooks.prestart[0].path: is "x", and must be an absolute path',
    "hooks.prestart[1].timeout: is 0, and must be greater than 0 seconds",
    'hooks.prestart[2]: has "a\\u0000", and must not contain NUL',
  ]);
  t.same(warned, ["hooks.prestart: is deprecated; use createRuntime, createContainer or startContainer"]);
});
