// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { holds, markdown, ratio } from "./table.ts";
import type { Row } from "./table.ts";

const row: Row = { what: "run", unit: "ms", values: { runt: 6, crun: 12, runc: 60 }, bounds: { crun: 0.6, runc: 0.2 } };

t.test("ratio() and holds()", (t) => {
  t.equal(ratio(row, "crun"), 0.5);
  t.equal(ratio(row, "youki"), undefined);
  t.ok(holds(row));
  t.notOk(holds({ ...row, values: { ...row.values, runt: 8 } }), "one bound of two");
  t.ok(holds({ ...row, values: { runt: 6 } }), "a peer that is not here holds nothing up");
  t.notOk(holds({ ...row, bounds: {}, limit: 5 }), "a limit of its own");
  t.end();
});

t.test("markdown() has a line a row", (t) => {
  const text = markdown({ machine: "2 cores", notes: ["no device rules"], rows: [row] });
  t.match(text, /\| run \| 6\.0 ms \| 12\.0 ms \| 60\.0 ms \| 0\.50 \| 0\.10 \| at most 0\.60 x crun, 0\.20 x runc \| yes \|/);
  t.match(text, /- no device rules/);
  t.end();
});
