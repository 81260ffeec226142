// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { UsageError } from "./parse.ts";
import { absoluteRoot, defaultRoot } from "./state-root.ts";

t.test("absoluteRoot() makes a path absolute and plain", async (t) => {
  const cases: [string, string][] = [
    ["/run/x", "/run/x"],
    ["/run//x/", "/run/x"],
    ["x", "/home/me/x"],
    ["./a/../b", "/home/me/b"],
    ["../../../a", "/a"],
  ];
  for (const [given, expected] of cases)
    t.equal(
      absoluteRoot(given, () => "/home/me"),
      expected,
      given,
    );
  for (const given of ["/", "//", "/a/..", "../.."]) t.throws(() => absoluteRoot(given, () => "/home/me"), UsageError, given);
});

t.test("defaultRoot() is in the user's runtime directory only when state belongs there", async (t) => {
  const own = new Map([["XDG_RUNTIME_DIR", "/run/user/7"]]);
  t.equal(
    defaultRoot(own, () => true),
    "/run/user/7/runt",
  );
  t.equal(
    defaultRoot(own, () => false),
    "/run/runt",
  );
  t.equal(
    defaultRoot(new Map(), () => true),
    "/run/runt",
  );
  t.equal(
    defaultRoot(new Map([["XDG_RUNTIME_DIR", ""]]), () => true),
    "/run/runt",
  );
});
