// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseTap } from "./tap.ts";

const nested = `TAP version 14
# Subtest: a
    ok 1 - one
    # Subtest: deep
        ok 1 - x
        ok 2 - y
        1..2
    ok 2 - deep # time=1.2ms
    not ok 3 - two
      ---
      diff: |
        -1
      ...

    ok 4 - later # SKIP no cgroup
    1..4
not ok 1 - a # time=27.859ms
  ---
  at: z
  ...

1..1
`;

t.test("parseTap() tells a test whose parts were all skipped from one that ran", (t) => {
  const all =
    "# Subtest: a \\# 1\n    ok 1 - b # SKIP no FUSE\n    ok 2 - c # SKIP no FUSE\n    1..2\nok 1 - a \\# 1 # time=1ms\n";
  const skipped = "no FUSE";
  const parts = [
    { name: "b", skipped },
    { name: "c", skipped },
  ];
  t.strictSame(parseTap(all).tests, [...parts, { name: "a # 1", skipped }]);
  t.strictSame(parseTap(all.replace("ok 1 - b # SKIP no FUSE", "ok 1 - b")).tests, [parts[1], { name: "a # 1" }]);
  t.strictSame(parseTap(all.replace("ok 2 - c # SKIP no FUSE", "ok 2 - c")).tests, [parts[0], { name: "a # 1" }]);
  t.end();
});

t.test("parseTap() counts leaves, not the points that sum up a subtest", (t) => {
  const result = parseTap(nested);
  t.equal(result.passed, 3);
  t.strictSame(
    result.failures.map((failure) => failure.name),
    ["a > two"],
  );
  t.match(result.failures[0]?.details, /diff: \|\n {2}-1/);
  t.strictSame(result.skips, ["a > later: no cgroup"]);
  t.strictSame(result.tests, [{ name: "deep" }, { name: "later", skipped: "no cgroup" }, { name: "a" }]);
  t.ok(result.complete);
  t.end();
});

t.test("parseTap() sees a subtest that fails by itself", (t) => {
  const result = parseTap(
    "# Subtest: slow\n    ok 1 - fine\n    1..1\nnot ok 1 - slow\n  ---\n  message: timeout!\n  ...\n1..1\n",
  );
  t.equal(result.passed, 1);
  t.equal(result.failures[0]?.name, "slow");
  t.match(result.failures[0]?.details, /timeout!/);
  t.end();
});

t.test("parseTap() sees an end that came too early", (t) => {
  t.notOk(parseTap("ok 1 - one\n").complete, "no plan");
  t.notOk(parseTap("ok 1 - one\n1..2\n").complete, "plan not met");
  t.equal(parseTap("ok 1 - one\nBail out! lost\n").failures.length, 1, "bail out is a failure");
  t.end();
});

t.test("parseTap() takes a file that skips itself as one skip with its reason", (t) => {
  const result = parseTap("TAP version 14\n1..0 # SKIP needs root\n");
  t.strictSame(result.skips, ["needs root"]);
  t.ok(result.complete);
  t.equal(result.passed, 0);
  t.end();
});

t.test("parseTap() passes over foreign lines and counts an empty subtest as one point", (t) => {
  const result = parseTap("hello\nok then\n# Subtest: none\n    1..0\nok 1 - none\nok 2 - two {\n1..2\n");
  t.equal(result.complete, false, "`ok then` is a point to any TAP reader");
  t.equal(result.failures.length, 0);
  t.end();
});
