// SPDX-License-Identifier: Apache-2.0
/** What a file of the lane tells the runner beside its TAP, for the table; written at each word, so that a file that is killed has told. */
import { writeFileSync } from "node:fs";

export class Report {
  readonly #engine: string;
  readonly #cases: { name: string; passed: Readonly<Record<string, boolean>> }[] = [];
  readonly #times: { what: string; milliseconds: Readonly<Record<string, number>> }[] = [];

  /** `engine` is a name and version, the line of the table. */
  constructor(engine: string) {
    this.#engine = engine;
  }

  /** A case, and by runtime whether it passed. */
  addCase(name: string, passed: Readonly<Record<string, boolean>>): void {
    this.#cases.push({ name, passed });
    this.#write();
  }

  /** What was timed, and by runtime the median in milliseconds. */
  addTime(what: string, milliseconds: Readonly<Record<string, number>>): void {
    this.#times.push({ what, milliseconds });
    this.#write();
  }

  #write(): void {
    const path = process.env["RUNT_TEST_REPORT"];
    if (path !== undefined) writeFileSync(path, JSON.stringify({ engine: this.#engine, cases: this.#cases, times: this.#times }));
  }
}
