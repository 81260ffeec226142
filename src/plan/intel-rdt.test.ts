// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { IntelRdt } from "../spec/types.ts";
import { planIntelRdt } from "./intel-rdt.ts";
import { reported } from "./testing.ts";

t.test("planIntelRdt()", async (t) => {
  const cases: [IntelRdt, string[], string[]?][] = [
    [{}, []],
    [{ closID: "/" }, []],
    [{ closID: "guaranteed", l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=20", schemata: ["L2:0=f"], enableMonitoring: true }, []],
    [{ closID: ".." }, ['closID: is "..", and must be a directory name, or "/" for the default class']],
    [{ closID: "a/b" }, ['closID: is "a/b", and must be a directory name, or "/" for the default class']],
    [{ memBwSchema: "L3:0=f" }, ['memBwSchema: is "L3:0=f", and must start with "MB:"']],
    [{ l3CacheSchema: "L3:0=f\nMB:0=1" }, ['l3CacheSchema: is "L3:0=f\\nMB:0=1", and must be a single line']],
    [{ l3CacheSchema: "X" }, [], ['linux.intelRdt.l3CacheSchema: is "X", and should start with "L3:"']],
    [{ schemata: ["a", "b\n"] }, ['schemata[1]: is "b\\n", and must be a single line']],
  ];
  for (const [rdt, refused, warned] of cases) {
    const got = reported((report) => planIntelRdt(rdt, report));
    t.same(
      got.refused,
      refused.map((line) => `linux.intelRdt.${line}`),
      JSON.stringify(rdt),
    );
    t.same(got.warned, warned ?? []);
  }
});
