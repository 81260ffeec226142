// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { oneOf, PlanError, quote, Report } from "./errors.ts";

t.test("PlanError is a sentence or a list, and has each hint once", async (t) => {
  const report = new Report();
  report.throwIfRefused();
  report.refuse("a", "is 1", "do this");
  report.refuse("b[0]", "is 2", "do this");
  report.refuse("c", "is 3");
  report.warn("d", "is odd");
  t.same(report.warnings, ["d is odd"]);
  t.throws(() => report.throwIfRefused(), PlanError);
  const error = new PlanError(report.problems);
  t.equal(error.message, "3 problems:\n  a is 1\n  b[0] is 2\n  c is 3");
  t.equal(new PlanError(report.problems.slice(0, 1)).message, "a is 1");
  t.equal(error.hint, "do this");
  t.equal(new PlanError([{ path: "x", message: "is bad" }]).hint, undefined);
});

t.test("quote() and oneOf()", async (t) => {
  t.equal(quote("a\0b"), '"a\\u0000b"');
  t.equal(oneOf(["x", "y", "z"]), "x, y or z");
  t.equal(oneOf(["x"]), "x");
});
