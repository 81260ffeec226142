// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 120
/** Bad values by section of config.json, found before anything is made: each with its message, and nothing left behind. */
import t from "tap";
import { container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { refuses } from "../lib/refusal.ts";

import { rows } from "./tables/sections.ts";

const bundle = container(t);
for (const row of rows) {
  t.test(`${row.section}: ${row.what}`, { skip: unless(isRunt, "the reference checks less") || (row.skip ?? false) }, (t) => {
    refuses(t, bundle, row);
    t.end();
  });
}
