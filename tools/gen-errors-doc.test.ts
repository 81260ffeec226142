// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import t from "tap";
import { errorsDocument } from "./gen-errors-doc.ts";

t.test("docs/ERRORS.md says what the table of codes says", async (t) => {
  const words = (text: string): string => text.replace(/[\s|-]+/g, " ");
  t.equal(words(readFileSync("docs/ERRORS.md", "utf8")), words(errorsDocument()), "run tools/gen-errors-doc.ts again");
});
