// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import t from "tap";
import { assertions, judge, type Excuse } from "./verdict.ts";

const base = { name: "kill", status: 0, problem: "", stderr: "" };

t.test("assertions() reads results, descriptions and skips", async (t) => {
  const tap =
    "TAP version 13\nok 1 - first\nnot ok 2 - second\n  ---\n  {}\n  ...\n    ok 3 - nested\nok 4 - fourth # SKIP no kernel\n1..4\n";
  t.same(
    assertions(tap).map(({ ok, skipped, text }) => [ok, skipped, text]),
    [
      [true, false, "first"],
      [false, false, "second"],
      [true, false, "nested"],
      [true, true, "fourth # SKIP no kernel"],
    ],
  );
});

t.test("judge() excuses only what is listed, and reports an excuse that nothing needs", async (t) => {
  const failing = { ...base, assertions: assertions("ok 1 - a\nnot ok 2 - wrong clause\nnot ok 3 - real\n") };
  const excuse: Excuse = { file: "kill", assertion: "wrong clause", reason: "suite", proof: "p" };
  t.same(judge(failing, [excuse]), {
    name: "kill",
    passed: 1,
    failures: ["real"],
    excused: [{ excuse, failures: ["wrong clause"] }],
    unneeded: [],
  });
  const passing = { ...base, assertions: assertions("ok 1 - wrong clause\n") };
  t.same(judge(passing, [excuse]).failures, []);
  t.same(judge(passing, [excuse]).unneeded, ["wrong clause"]);
  t.same(judge(passing, [{ ...excuse, reason: "machine", machine: "no X" }]).unneeded, []);
  const twice = { ...base, assertions: assertions("not ok 1 - wrong clause\nnot ok 2 - wrong clause\n") };
  t.same(judge(twice, [{ ...excuse, most: 1 }]).failures, ["wrong clause"], "and no more of them than it says");
  t.same(judge(failing, [{ ...excuse, file: "start" }]).failures, ["wrong clause", "real"], "an excuse is for its file");
});

t.test("judge() excuses an assertion only where stderr has the cause", async (t) => {
  const excuse: Excuse = {
    file: "kill",
    assertion: "exit status 1",
    error: "net_cls",
    reason: "machine",
    machine: "m",
    proof: "p",
  };
  const failing = { ...base, assertions: assertions("not ok 1 - exit status 1\n") };
  t.same(judge({ ...failing, stderr: "no net_cls here\n" }, [excuse]).failures, []);
  t.same(judge({ ...failing, stderr: "out of memory\n" }, [excuse]).failures, ["exit status 1"]);
});

t.test("judge() counts a file that ends before any assertion as failed, unless that is excused", async (t) => {
  const ended = { ...base, status: 1, stderr: "SELinux is off\nboom\n", assertions: [] };
  t.same(judge(ended, []).failures, ["ended with status 1 and no assertion: boom"]);
  const excuse: Excuse = { file: "kill", error: "SELinux", reason: "machine", machine: "no SELinux", proof: "p" };
  t.same(judge(ended, [excuse]), {
    name: "kill",
    passed: 0,
    failures: [],
    excused: [{ excuse, failures: ["ended with status 1 and no assertion: boom"] }],
    unneeded: [],
  });
  t.same(judge({ ...ended, stderr: "boom\n" }, [excuse]).failures, ["ended with status 1 and no assertion: boom"]);
  t.same(judge({ ...ended, problem: "ETIMEDOUT" }, [excuse]).failures, ["ended with ETIMEDOUT"], "a hang is never excused");
  t.same(judge({ ...ended, status: 0 }, []).failures, [], "silence with status 0 is a pass");
});

t.test("excuses.json gives each excuse a reason and a proof, and says where one of the machine holds", async (t) => {
  const excuses = JSON.parse(readFileSync("conformance/excuses.json", "utf8")) as Excuse[];
  for (const excuse of excuses) {
    const name = `${excuse.file}: ${excuse.assertion ?? excuse.error ?? ""}`;
    t.ok(["suite", "machine", "deviation"].includes(excuse.reason), name);
    t.equal(excuse.reason === "machine", excuse.machine !== undefined, name);
    t.ok(excuse.assertion !== undefined || excuse.error !== undefined, `${name} excuses something definite`);
    t.match(excuse.proof, /\.$/, name);
  }
});
