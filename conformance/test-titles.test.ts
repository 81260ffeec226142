// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { hasTest, testTitles } from "./test-titles.ts";

const titles = testTitles(`
  import t from "tap";
  const rows: readonly Row[] = [
    { path: "root.path", value: "" },
    { path: "process.args", value: [] },
    { path: "linux", value: { pids: { limit: -1 } } },
    { path: "hooks", value: computed() },
  ];
  t.test("a plain title", (t) => { t.test("one inside", nothing); t.end(); });
  t.test(\`plain too\`, nothing);
  for (const kind of ["pid", "net"] as const) t.test(\`a new \${kind} namespace\`, nothing);
  for (const { path, value } of rows) t.test(\`\${path} \${JSON.stringify(value)} is refused\`, nothing);
  for (const [a, b] of rows) t.test(\`\${a} \${b}\`, nothing);
  t.test(computed(), nothing);
  if (pattern.test("no title")) other.test("none either");
`);

t.test("hasTest() knows plain titles, those of tests inside tests too, and no others", async (t) => {
  for (const title of ["a plain title", "one inside", "plain too"]) t.ok(hasTest(titles, title), title);
  for (const title of ["a plain", "a plain title ", "A plain title", "", "no title", "none either", "computed()"])
    t.notOk(hasTest(titles, title), title);
});

t.test("hasTest() takes a template with the values of one row, and with nothing else", async (t) => {
  const there = ["a new pid namespace", "a new net namespace", 'root.path "" is refused', "process.args [] is refused"];
  for (const title of [...there, 'linux {"pids":{"limit":-1}} is refused']) t.ok(hasTest(titles, title), title);
  const missing = ["a new uts namespace", "a new  namespace", "a new ${kind} namespace", "a new pid namespace, really"];
  for (const title of [...missing, "root.path [] is refused", "root.path is refused", "hooks {} is refused"])
    t.notOk(hasTest(titles, title), title);
});

t.test("hasTest() never takes a title that is all values", async (t) => {
  t.notOk(hasTest(titles, "pid net"));
  t.notOk(hasTest(titles, "root.path "));
});
