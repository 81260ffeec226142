// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { defaultAllowed, planDeviceRules } from "./device-rules.ts";
import { reported } from "./testing.ts";

const deny: DeviceCgroupRule = { allow: false, type: "a", access: "rwm" };

function plan(rules: DeviceCgroupRule[] | undefined) {
  let result: readonly DeviceCgroupRule[] = [];
  const messages = reported((report) => {
    result = planDeviceRules(rules, report);
  });
  return { ...messages, plan: result };
}

t.test("the rules are complete: deny all, the config's, the defaults", async (t) => {
  t.same(plan(undefined).plan, [deny, ...defaultAllowed]);
  t.same(plan([{ allow: false, access: "rwm" }]).plan, [deny, ...defaultAllowed], "the customary rule changes nothing");
  t.same(plan([{ allow: true }]).plan, [deny, { allow: true, type: "a", access: "rwm" }, ...defaultAllowed]);
  t.same(plan([{ allow: true, type: "c", major: 10, minor: -1, access: "rw" }]).plan.slice(0, 2), [
    deny,
    { allow: true, type: "c", major: 10, access: "rw" },
  ]);
});

t.test("default access: terminals and tun whole, every other node only to be made", async (t) => {
  const text = defaultAllowed.map((rule) => `${rule.type} ${rule.major ?? "*"}:${rule.minor ?? "*"} ${rule.access}`);
  t.same(text, [
    "c *:* m",
    "b *:* m",
    "c 1:3 rwm",
    "c 1:5 rwm",
    "c 1:7 rwm",
    "c 1:8 rwm",
    "c 1:9 rwm",
    "c 5:0 rwm",
    "c 5:2 rwm",
    "c 136:* rwm",
    "c 10:200 rwm",
  ]);
});

t.test("rules that are refused or odd", async (t) => {
  const at = "linux.resources.devices[0]";
  const cases: [object, string][] = [
    [{ allow: true, type: "p" }, `${at}.type: is "p", and must be "a", "b" or "c"`],
    [{ allow: true, type: "c", access: "rx" }, `${at}.access: is "rx", and must be made of "r", "w" and "m", each once`],
    [{ allow: true, type: "c", access: "rr" }, `${at}.access: is "rr", and must be made of "r", "w" and "m", each once`],
    [{ allow: true, type: "c", major: -2 }, `${at}.major: is -2, and must be a device number or -1 for all`],
  ];
  for (const [rule, refused] of cases) t.same(plan([rule as DeviceCgroupRule]).refused, [refused]);
  const all = plan([{ allow: true, type: "a", major: 1 }]);
  t.same(all.warned, [`${at}: has numbers, which mean nothing for all devices (type a) and are ignored`]);
  t.same(all.plan[1], { allow: true, type: "a", access: "rwm" });
});
