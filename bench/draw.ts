// SPDX-License-Identifier: Apache-2.0
/** Draws the times of a benchmark's report as bars: `draw.ts REPORT.json OUT.svg`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { drawReport } from "./svg.ts";
import type { Report } from "./table.ts";

const [input, output] = process.argv.slice(2);
if (input === undefined || output === undefined) throw new Error("usage: draw.ts REPORT.json OUT.svg");
const report: Report = JSON.parse(readFileSync(input, "utf8"));
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, drawReport(report));
