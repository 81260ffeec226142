// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseHeader, parseLanes } from "./files.ts";

t.test("parseHeader() reads lanes, time limit and alone", (t) => {
  const header = parseHeader("// SPDX\n// @lanes uml host @timeout 90 @alone\nimport x;\n", ["unit"]);
  t.strictSame(header, { lanes: ["host", "uml"], timeout: 90, alone: true });
  t.end();
});

t.test("parseHeader() has defaults", (t) => {
  t.strictSame(parseHeader("import t;\n", ["unit"]), { lanes: ["unit"], timeout: 60, alone: false });
  t.end();
});

t.test("parseHeader() refuses a lane that does not exist", (t) => {
  t.throws(() => parseHeader("// @lanes hots\n", ["unit"]), /unknown lane "hots"/);
  t.end();
});

t.test("parseLanes() reads a list and refuses a lane that does not exist", (t) => {
  t.strictSame(parseLanes("engines,unit"), ["unit", "engines"]);
  t.throws(() => parseLanes("unit,engine"), /no lane "engine"/);
  t.end();
});
