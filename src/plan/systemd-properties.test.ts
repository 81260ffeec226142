// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { planSystemdProperties } from "./systemd-properties.ts";
import { reported } from "./testing.ts";

t.test("planSystemdProperties()", async (t) => {
  const prefix = "org.systemd.property.";
  const { refused } = reported((report) => {
    const properties = planSystemdProperties(
      {
        "com.example": "x",
        [`${prefix}CollectMode`]: "'inactive-or-failed'",
        [`${prefix}TimeoutStopSec`]: "uint64 5",
        [`${prefix}RuntimeMaxSec`]: "1.5",
        [`${prefix}TimeoutStopUSec`]: "uint64 7",
      },
      report,
    );
    t.same(properties, [
      { name: "CollectMode", value: "'inactive-or-failed'" },
      { name: "TimeoutStopUSec", value: "uint64 5000000" },
      { name: "RuntimeMaxUSec", value: "uint64 1500000" },
      { name: "TimeoutStopUSec", value: "uint64 7" },
    ]);
    t.same(planSystemdProperties(undefined, report), []);
    planSystemdProperties({ [`${prefix}a1b`]: "x", [`${prefix}ab`]: "x", [`${prefix}SomeSec`]: "soon" }, report);
  });
  t.same(refused, [
    'annotations["org.systemd.property.a1b"]: names the property "a1b", and must name one of three or more letters',
    'annotations["org.systemd.property.ab"]: names the property "ab", and must name one of three or more letters',
    'annotations["org.systemd.property.SomeSec"]: is "soon", and must be a number of seconds',
  ]);
});
