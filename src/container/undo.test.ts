// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { UndoStack } from "./undo.ts";

t.test("UndoStack takes back newest first, and goes on after a failing step", async (t) => {
  const done: string[] = [];
  const stack = new UndoStack();
  stack.push("first", () => done.push("first"));
  stack.push("second", () => {
    throw new Error("stuck");
  });
  stack.push("third", () => done.push("third"));
  const failed: string[] = [];
  stack.run((what, error) => failed.push(`${what}: ${String(error)}`));
  t.same(done, ["third", "first"]);
  t.same(failed, ["second: Error: stuck"]);
  stack.run(() => t.fail("nothing is left to undo"));
});

t.test("UndoStack ends with what was pushed last", async (t) => {
  const done: string[] = [];
  const stack = new UndoStack();
  stack.push("made", () => done.push("made"));
  stack.pushLast("told", () => done.push("told"));
  stack.push("filled", () => done.push("filled"));
  stack.run(() => t.fail("nothing to report"));
  t.same(done, ["filled", "made", "told"]);
});

t.test("UndoStack forgets everything on success", async (t) => {
  const stack = new UndoStack();
  let held = true;
  stack.push(
    "made",
    () => t.fail("must stay"),
    () => (held = false),
  );
  stack.clear();
  t.notOk(held, "nor is anything kept for it");
  stack.run(() => t.fail("nothing to report"));
  t.pass("nothing was undone");
});
