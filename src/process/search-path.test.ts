// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { environmentValue, executableCandidates } from "./search-path.ts";

t.test("environmentValue() takes the last one", (t) => {
  t.equal(environmentValue(["A=1", "B=2", "A=3"], "A"), "3");
  t.equal(environmentValue(["AB=1"], "A"), undefined);
  t.equal(environmentValue(["A="], "A"), "");
  t.end();
});

t.test("executableCandidates() searches PATH in order", (t) => {
  t.same(executableCandidates("ls", ["PATH=/a:/b"]), ["/a/ls", "/b/ls"]);
  t.same(executableCandidates("ls", ["PATH=:/b:"]), ["./ls", "/b/ls", "./ls"]);
  t.same(executableCandidates("ls", []), ["/bin/ls", "/usr/bin/ls"]);
  t.same(executableCandidates("./ls", ["PATH=/a"]), ["./ls"]);
  t.end();
});
