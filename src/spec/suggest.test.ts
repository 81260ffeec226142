// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { editDistance, suggest } from "./suggest.ts";

t.test("editDistance() counts insertions, deletions, replacements and swaps", (t) => {
  const cases: readonly (readonly [string, string, number])[] = [
    ["", "", 0],
    ["a", "", 1],
    ["netwrk", "network", 1],
    ["pdi", "pid", 1],
    ["mount", "mnt", 2],
    ["kitten", "sitting", 3],
    ["abc", "xyz", 3],
  ];
  for (const [a, b, distance] of cases) {
    t.equal(editDistance(a, b), distance, `${a} ${b}`);
    t.equal(editDistance(b, a), distance, `${b} ${a}`);
  }
  t.equal(editDistance("abcdefgh", "a", 3), 3, "no more than the limit");
  t.end();
});

t.test("suggest() finds what is near and nothing that is not", (t) => {
  const namespaces = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];
  const actions = ["SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW"];
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["netwrk", namespaces, "network"],
    ["NETWORK", namespaces, "network"],
    ["net", namespaces, undefined],
    ["cgroups", namespaces, "cgroup"],
    ["xyz", namespaces, undefined],
    ["ERRNO", actions, "SCMP_ACT_ERRNO"],
    ["scmp_act_allow", actions, "SCMP_ACT_ALLOW"],
    ["SCMP_ACT_DENY", actions, undefined],
    ["", namespaces, undefined],
    ["x", [], undefined],
  ];
  for (const [name, candidates, expected] of cases) t.equal(suggest(name, candidates), expected, name);
  t.end();
});
