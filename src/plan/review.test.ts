// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { isAccepted, reviewConfig, type Finding } from "./review.ts";
import { hostFacts, smallConfig } from "./testing.ts";

const options = { id: "x", bundle: "/b", noPivot: false, newKeyring: true, cgroupManager: "cgroupfs", rootless: false } as const;
const review = (value: unknown): Finding[] => reviewConfig(JSON.stringify(value), hostFacts(), options);

t.test("a good config has no findings", async (t) => {
  t.same(review(smallConfig()), []);
  t.ok(isAccepted([]));
});

t.test("a slip in a name is told with what it may have meant", async (t) => {
  const findings = review({ ...smallConfig(), hostnmae: "x" });
  t.match(findings, [{ kind: "unknown", path: "hostnmae", hint: 'did you mean "hostname"?' }]);
  t.ok(isAccepted(findings));
});

t.test("what breaks the spec comes before what cannot be done", async (t) => {
  const invalid = review({ ...smallConfig(), root: { path: 7, pth: "x" } });
  t.match(invalid, [
    { kind: "invalid", path: "root.path" },
    { kind: "unknown", path: "root.pth" },
  ]);
  t.notOk(isAccepted(invalid));
  const refused = review({ ...smallConfig(), hostname: "h", mounts: [{ destination: "t", type: "tmpfs" }], linux: {} });
  t.match(refused, [
    { kind: "refused", path: "hostname", hint: 'add {"type": "uts"} to linux.namespaces' },
    { kind: "odd", path: "mounts[0].destination" },
    { kind: "odd", path: "mounts" },
  ]);
  t.notOk(isAccepted(refused));
});

t.test("a text that is no config at all", async (t) => {
  t.match(reviewConfig("{", hostFacts(), options), [{ kind: "invalid", path: "", message: /config\.json/ }]);
  t.match(reviewConfig("[]", hostFacts(), options), [{ kind: "invalid", path: "" }]);
});
