// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { selectLines } from "./ps-table.ts";

t.test("selectLines() finds the column wherever it stands", async (t) => {
  t.equal(selectLines("UID   PID CMD\nroot    7 a\nroot   17 b 7\n", [7]), "UID   PID CMD\nroot    7 a\n");
  t.equal(selectLines("  PID COMMAND\n    1 init\n   17 b\n", [17, 99]), "  PID COMMAND\n   17 b\n");
  t.throws(() => selectLines("COMMAND\ninit\n", [1]), /no column "PID"/);
});
