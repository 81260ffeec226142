// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { SyscallError } from "../linux/errors.ts";
import { decodeError, decodeMessage, encodeError, encodeMessage, messageLimit, RemoteError } from "./messages.ts";

t.test("messages survive the way there", async (t) => {
  for (const message of [{ type: "go" }, { type: "pid", pid: 17 }, { type: "ready" }] as const) {
    t.same(decodeMessage(encodeMessage(message)), message);
  }
});

t.test("decodeMessage() refuses what is no message", async (t) => {
  for (const text of ["", "{", "null", "3", "{}", '{"type":"exit"}']) t.throws(() => decodeMessage(text), text);
});

t.test("an error is rebuilt with its whole chain of causes", async (t) => {
  const original = new Error("mount proc", { cause: new SyscallError("move_mount", 1, ["/proc"]) });
  const rebuilt = decodeError(encodeError(original));
  t.ok(rebuilt instanceof RemoteError);
  t.equal(rebuilt.message, "mount proc");
  const cause = rebuilt.cause;
  t.ok(cause instanceof SyscallError);
  t.match(cause, { syscall: "move_mount", code: "EPERM", args: ["/proc"] });
});

t.test("code and hint of an error cross with it", async (t) => {
  const original = Object.assign(new Error("outer"), { code: "exec-failed", hint: "look at $PATH" });
  t.match(decodeError(encodeError(original)), { message: "outer", code: "exec-failed", hint: "look at $PATH" });
});

t.test("a text that is too long loses its middle, and says what went wrong", async (t) => {
  const rebuilt = decodeError(encodeError(new Error(`exec: "${"x".repeat(70_000)}": file name too long`)));
  t.match(rebuilt.message, /^exec: "x+…x+": file name too long$/);
  t.equal(rebuilt.message.length, 4096);
});

t.test("a chain of any size stays below the limit of a message", async (t) => {
  let error: Error = new SyscallError("open", 2, ["x".repeat(100_000)]);
  for (let depth = 0; depth < 100; depth++) error = new Error("y".repeat(10_000), { cause: error });
  t.ok(encodeMessage({ type: "error", chain: encodeError(error) }).length < messageLimit);
});
