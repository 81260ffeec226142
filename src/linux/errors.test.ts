// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { describe, errnoName, errnoText, isErrno, SyscallError, within } from "./errors.ts";

t.test("SyscallError says it in libc's words, lower case, with the name", (t) => {
  const error = new SyscallError("open", 2, ["/x"]);
  t.equal(error.message, 'open "/x": no such file or directory (ENOENT)');
  t.equal(error.code, "ENOENT");
  t.ok(isErrno(error, "EPERM", "ENOENT"));
  t.ok(isErrno(error));
  t.notOk(isErrno(error, "EPERM"));
  t.notOk(isErrno(new Error("ENOENT"), "ENOENT"));
  t.equal(new SyscallError("kill", 3).message, "kill: no such process (ESRCH)");
  t.equal(errnoName(9999), "E9999");
  t.equal(errnoText(13), "permission denied");
  t.end();
});

t.test("within() adds a clause and describe() tells the whole story", (t) => {
  const fail = (): never =>
    within("set rlimits", () => {
      throw new SyscallError("prlimit64", 1);
    });
  t.throws(fail, { message: "set rlimits" });
  try {
    fail();
  } catch (error) {
    t.equal(describe(error), "set rlimits: prlimit64: operation not permitted (EPERM)");
  }
  t.equal(describe("text"), "text");
  t.end();
});
