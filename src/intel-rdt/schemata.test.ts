// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { schemaLines, schemaOf, schemataDiffer } from "./schemata.ts";

t.test("schemaLines() keeps the order that the spec demands", async (t) => {
  t.same(schemaLines({ memBwSchema: "MB:0=20", l3CacheSchema: "L3:0=7f", schemata: ["L2:0=f"] }), [
    "L3:0=7f",
    "MB:0=20",
    "L2:0=f",
  ]);
  t.same(schemaLines({ closID: "x" }), []);
});

t.test("schemataDiffer() compares values, not spelling", async (t) => {
  const file = "    L3:0=007f0;1=0001f\n    MB:0= 20;1= 70\n";
  t.equal(schemataDiffer(["L3:0=7F0;1=1f", "MB:1=70"], file), undefined);
  t.equal(schemataDiffer(["L3:0=7f1"], file), "L3:0 is 7f0 and should be 7f1");
  t.equal(schemataDiffer(["L2:0=1"], file), "L2:0 is missing and should be 1");
});

t.test("schemaOf() finds the line of a resource", async (t) => {
  const file = "    L3:0=007f0;1=0001f\n    MB:0= 20;1= 70\n";
  t.equal(schemaOf(file, "MB"), "MB:0=20;1=70");
  t.equal(schemaOf(file, "L3"), "L3:0=007f0;1=0001f");
  t.equal(schemaOf(file, "L2"), undefined);
});
