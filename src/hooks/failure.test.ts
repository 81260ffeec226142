// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { hookFailure } from "./failure.ts";

const result = { status: { code: 0 }, timedOut: false, stdout: "out\n", stderr: "" };

t.test("hookFailure() words", (t) => {
  t.equal(hookFailure(result, 1), undefined);
  t.equal(hookFailure({ ...result, status: { code: 1 }, stderr: "bad\n" }, undefined), "exit status 1, stdout: out, stderr: bad");
  t.equal(hookFailure({ ...result, status: { signal: 11 } }, 3), "killed by signal 11, stdout: out, stderr: ");
  t.equal(hookFailure({ ...result, status: { signal: 9 }, timedOut: true }, 1), "hook ran past specified timeout of 1.0s");
  t.end();
});
