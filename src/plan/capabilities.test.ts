// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Capabilities } from "../spec/types.ts";
import { grantableCapabilities, planCapabilities } from "./capabilities.ts";
import { hostFacts, reported } from "./testing.ts";
import type { CapabilitiesPlan, CapabilityState } from "./types.ts";

const grantable = grantableCapabilities(hostFacts(), false);

function plan(wanted: Capabilities | undefined) {
  let result: CapabilitiesPlan | undefined;
  const messages = reported((report) => {
    result = planCapabilities(wanted, grantable, "process.capabilities", report);
  });
  return { ...messages, plan: result };
}

t.test("grantableCapabilities()", async (t) => {
  const asked: string[] = [];
  const states: Record<string, CapabilityState> = { CAP_KILL: "held", CAP_CHOWN: "known" };
  const facts = hostFacts({
    capability: (name) => {
      asked.push(name);
      return states[name] ?? "unknown";
    },
  });
  const names = ["CAP_KILL", "CAP_CHOWN", "CAP_OF_TOMORROW"];
  const own = grantableCapabilities(facts, false);
  t.same(names.filter(own), ["CAP_KILL"]);
  t.same(names.filter(own), ["CAP_KILL"], "again, and nobody is asked");
  t.same(asked, names);
  t.same(names.filter(grantableCapabilities(facts, true)), ["CAP_KILL", "CAP_CHOWN"], "a user namespace starts with all");
});

t.test("nothing said, nothing planned; empty sets are empty", async (t) => {
  t.equal(plan(undefined).plan, undefined);
  t.same(plan({}).plan, { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [], ignored: [] });
});

t.test("sets that agree pass through", async (t) => {
  const all = ["CAP_CHOWN", "CAP_KILL"];
  const result = plan({ bounding: all, permitted: all, effective: all, inheritable: all, ambient: ["CAP_KILL"] });
  t.same(result.plan, { bounding: all, effective: all, inheritable: all, permitted: all, ambient: ["CAP_KILL"], ignored: [] });
  t.same(result.warned, []);
});

t.test("what cannot be granted is ignored with a warning", async (t) => {
  const result = plan({
    bounding: ["CAP_KILL", "CAP_PERFMON", "kill"],
    permitted: ["CAP_KILL", "CAP_KILL"],
    effective: ["CAP_PERFMON"],
  });
  t.same(result.plan, {
    bounding: ["CAP_KILL"],
    effective: [],
    inheritable: [],
    permitted: ["CAP_KILL"],
    ambient: [],
    ignored: ["CAP_PERFMON", "kill"],
  });
  t.same(result.warned, ["process.capabilities: CAP_PERFMON, kill cannot be had on this host and is ignored"]);
  t.same(result.refused, []);
});

t.test("a set never exceeds the one that bounds it", async (t) => {
  const cases: [Capabilities, keyof Capabilities, string][] = [
    [
      { permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN", "CAP_KILL"] },
      "effective",
      "CAP_KILL is not in permitted and is ignored",
    ],
    [{ bounding: ["CAP_CHOWN"], inheritable: ["CAP_KILL"] }, "inheritable", "CAP_KILL is not in bounding and is ignored"],
    [{ permitted: ["CAP_KILL"], ambient: ["CAP_KILL"] }, "ambient", "CAP_KILL is not in inheritable and is ignored"],
  ];
  for (const [wanted, set, warning] of cases) t.same(plan(wanted).warned, [`process.capabilities.${set}: ${warning}`]);
});
