// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { table } from "./table.ts";

t.test("table() pads all columns but the last", async (t) => {
  t.equal(
    table([
      ["ID", "PID", "OWNER"],
      ["a-long-container-id", "7", "root"],
    ]),
    "ID                    PID         OWNER\na-long-container-id   7           root\n",
  );
  t.equal(table([]), "");
});
