// SPDX-License-Identifier: Apache-2.0
import { validateBundle, type Validation } from "../../container/validate.ts";
import { writeResult } from "../../log/output.ts";
import type { CommandDescription } from "../describe.ts";

export const validate: CommandDescription = {
  name: "validate",
  summary: "tell all that is wrong or odd about a bundle, and make nothing",
  description: [
    "Reads a bundle exactly as `create` does and tells all that is wrong or odd about it: every breach of the runtime-spec, " +
      "everything that this host refuses, and what would be ignored. Nothing is made. Exits with 1 when `create` would refuse " +
      "it.",
  ],
  parameters: [{ name: "BUNDLE", optional: true, completes: "directory" }],
  flags: [
    { name: "config", short: "f", type: "string", value: "FILE", help: "look at FILE instead of the config.json of the bundle" },
    { name: "json", type: "boolean", help: "print JSON" },
  ],
  examples: [{ words: "validate /srv/web", what: "look at a bundle" }],
  run: ({ context, flags, arguments: [bundle = "."] }) => {
    const validation = validateBundle(context, { bundle, configFile: flags.string("config") });
    writeResult(flags.boolean("json") === true ? `${JSON.stringify(validation, null, 2)}\n` : asText(validation));
    return validation.accepted ? 0 : 1;
  },
};

function asText({ accepted, findings }: Validation): string {
  const lines = findings.flatMap(({ kind, path, message, hint }) => [
    `${kind}: ${path === "" ? "" : `${path} `}${message}`,
    ...(hint === undefined ? [] : hint.split("\n").map((line) => `  ${line}`)),
  ]);
  return `${[...lines, accepted ? "create would take this bundle" : "create would refuse this bundle"].join("\n")}\n`;
}
