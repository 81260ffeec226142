// SPDX-License-Identifier: Apache-2.0
import { validateBundle, type Validation } from "../../container/validate.ts";
import { writeResult } from "../../log/output.ts";
import { given } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";

export const validate: CommandDescription = {
  name: "validate",
  summary: "tell all that is wrong or odd about a bundle, and make nothing",
  usage: "[BUNDLE]",
  minimum: 0,
  maximum: 1,
  flags: [
    { name: "config", short: "f", type: "string", value: "FILE", help: "look at FILE instead of the config.json of the bundle" },
    { name: "json", type: "boolean", help: "print JSON" },
  ],
  run: ({ context, flags, arguments: [bundle = "."] }) => {
    const validation = validateBundle(context, { bundle, configFile: given(flags, "config") });
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
