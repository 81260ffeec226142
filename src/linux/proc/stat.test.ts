// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { hasEndedState, parseStat } from "./stat.ts";

const tail =
  "1 1234 1200 34816 1300 4194560 105 0 0 0 0 0 0 0 20 0 1 0 8831 2437120 181 18446744073709551615 1 1 0 0 0 0 0 0 0 0";

t.test("parseStat() reads the fields", (t) => {
  t.same(parseStat(`1234 (sleep) S ${tail}\n`), {
    pid: 1234,
    name: "sleep",
    state: "S",
    parent: 1,
    processGroup: 1234,
    session: 1200,
    neverExecuted: false,
    startTime: 8831n,
  });
  t.equal(parseStat(`1234 (sleep) S ${tail.replace("4194560", "4194624")}`).neverExecuted, true);
  t.end();
});

t.test("parseStat() takes a name with blanks and parentheses", (t) => {
  const stat = parseStat(`7 (a) R (b c) Z ${tail}`);
  t.equal(stat.name, "a) R (b c");
  t.equal(stat.state, "Z");
  t.ok(hasEndedState(stat.state));
  t.end();
});

t.test("parseStat() refuses what is cut short", (t) => {
  t.throws(() => parseStat("7 (x) S 1 2"), /unreadable process status/);
  t.throws(() => parseStat(""), /unreadable process status/);
  t.end();
});
