// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { planEnv } from "./environment.ts";
import { reported } from "./testing.ts";

t.test("planEnv() keeps one entry a name", async (t) => {
  const plan = (env: string[] | undefined): readonly string[] => {
    let result: readonly string[] = [];
    reported((report) => {
      result = planEnv(env, "process.env", report);
    });
    return result;
  };
  const env = ["A=1", "B=2"];
  t.equal(plan(env), env, "nothing is copied where nothing changes");
  t.same(plan(undefined), []);
  t.same(plan(["A=1", "B=2", "A=3=x"]), ["A=3=x", "B=2"]);
  t.same(plan(["HOME=", "A="]), ["A="]);
  t.same(plan(["HOME=", "HOME=/root"]), ["HOME=/root"]);
  t.same(plan(["HOME=/root", "HOME="]), []);
});

t.test("planEnv() refuses what is no NAME=VALUE", async (t) => {
  const { refused } = reported((report) => planEnv(["A", "=x", "", "B=\0"], "process.env", report));
  t.same(refused, [
    'process.env[0]: is "A", and must be NAME=VALUE',
    'process.env[1]: is "=x", and must be NAME=VALUE',
    'process.env[2]: is "", and must be NAME=VALUE',
    'process.env[3]: is "B=\\u0000", and must not contain NUL',
  ]);
});
