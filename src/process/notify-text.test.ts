// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { assignmentsToPass, readiness } from "./notify-text.ts";

t.test("assignmentsToPass() keeps pids and descriptors of the container to itself", async (t) => {
  t.same(assignmentsToPass("READY=1\nMAINPID=1\nSTATUS=up=1\nFDSTORE=1\n"), ["READY=1", "STATUS=up=1"]);
  t.same(assignmentsToPass("nothing\n=x\n"), []);
});

t.test("readiness()", async (t) => {
  t.equal(readiness("STATUS=x\nREADY=1\n"), "READY=1");
  t.equal(readiness("STATUS=READY=1"), undefined);
});
