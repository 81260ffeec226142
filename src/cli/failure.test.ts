// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { ContainerError } from "../container/errors.ts";
import { HintedError, SyscallError } from "../linux/errors.ts";
import { PlanError } from "../plan/errors.ts";
import { SpecError } from "../spec/problem.ts";
import { describeFailure } from "./failure.ts";
import { UsageError } from "./parse.ts";

t.test("describeFailure() tells the chain from outside in, without empty clauses", async (t) => {
  const cause = new SyscallError("openat", 2, ["/x"]);
  const error = new ContainerError("init-failed", "mount proc", {
    cause: new Error("", { cause: new Error("open it", { cause }) }),
  });
  t.strictSame(describeFailure(error, "runt create failed"), {
    message: 'runt create failed: mount proc: open it: openat "/x": no such file or directory (ENOENT)',
    code: "init-failed",
    hint: undefined,
  });
  t.equal(describeFailure(error, undefined).message.startsWith("mount proc"), true);
});

t.test("describeFailure() takes the innermost hint and code", async (t) => {
  const inner = new ContainerError("exec-failed", "inner", { hint: "inner hint" });
  const outer = new ContainerError("init-failed", "outer", { hint: "outer hint", cause: inner });
  t.match(describeFailure(outer, undefined), { message: "outer: inner", code: "exec-failed", hint: "inner hint" });
  t.equal(describeFailure(new HintedError("x", { hint: "y" }), undefined).hint, "y");
});

t.test("describeFailure() knows every error by a code", async (t) => {
  const cases: [unknown, string][] = [
    [new ContainerError("unsupported", "x"), "unsupported"],
    [new UsageError("x"), "arguments-invalid"],
    [new SpecError("x"), "config-invalid"],
    [new PlanError([{ path: "linux", message: "is odd" }]), "config-refused"],
    [new SyscallError("open", 2), "system-call-failed"],
    [new Error("x", { cause: new SyscallError("open", 2) }), "system-call-failed"],
    [new TypeError("not a function"), "internal"],
    [new Error("x"), "failed"],
    ["a string", "failed"],
  ];
  for (const [error, code] of cases) t.equal(describeFailure(error, undefined).code, code, String(error));
});

t.test("describeFailure() survives a chain that bites its tail", async (t) => {
  const error = new Error("round");
  error.cause = error;
  t.equal(describeFailure(error, undefined).message.split(": ").length, 32);
});
