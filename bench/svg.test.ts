// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { drawReport } from "./svg.ts";

t.test("drawReport() scales each row to its longest bar", (t) => {
  const svg = drawReport({
    machine: "",
    notes: [],
    rows: [
      { what: "`run` <x>", unit: "ms", values: { runt: 5, crun: 10 }, bounds: {} },
      { what: "alone", unit: "ms", values: { runt: 5 }, bounds: {} },
    ],
  });
  t.match(svg, /width="200\.0"/, "half as long");
  t.match(svg, /width="400\.0"/, "the longest");
  t.match(svg, /run &lt;x&gt;/);
  t.notMatch(svg, /alone/, "a row without a peer is left out");
  t.end();
});
