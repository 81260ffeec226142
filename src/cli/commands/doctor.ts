// SPDX-License-Identifier: Apache-2.0
import { type Diagnosis, diagnoseHost } from "../../container/doctor.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";
import { table } from "../table.ts";

export const doctor: CommandDescription = {
  name: "doctor",
  summary: "tell what this host can do, and how to mend what it cannot",
  description: [
    "Looks at what containers need of this host: kernel, namespaces, cgroups, seccomp, security modules. For each thing " +
      "that is missing it says what to do. Exits with 1 when containers cannot run here. `info` is the same.",
  ],
  parameters: [],
  flags: [{ name: "json", type: "boolean", help: "print JSON" }],
  run: ({ context, flags }) => {
    const diagnosis = diagnoseHost(context);
    writeResult(flags.boolean("json") === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : asText(diagnosis));
    return diagnosis.able ? 0 : 1;
  },
};

function asText({ able, checks }: Diagnosis): string {
  const rows = table([["CHECK", "STATE", "FOUND"], ...checks.map(({ name, state, found }) => [name, state, found])]);
  const advice = checks.flatMap(({ name, advice: text }) => (text === undefined ? [] : [`${name}: ${text}\n`]));
  const verdict = able ? "containers can run here" : "containers cannot run here before what is missing is mended";
  return `${rows}${advice.length === 0 ? "" : `\n${advice.join("")}`}\n${verdict}\n`;
}
