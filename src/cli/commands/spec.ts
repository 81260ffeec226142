// SPDX-License-Identifier: Apache-2.0
import { writeDefaultConfig } from "../../container/spec.ts";
import type { CommandDescription } from "../describe.ts";
import { bundleFlag } from "../flags.ts";

export const spec: CommandDescription = {
  name: "spec",
  summary: "write a config.json to begin with",
  usage: "",
  minimum: 0,
  maximum: 0,
  flags: [
    { ...bundleFlag, help: "directory that gets config.json (the current directory)" },
    { name: "file", short: "f", type: "string", value: "FILE", help: "name of the file instead of config.json" },
    { name: "rootless", type: "boolean", help: "for a container that an ordinary user runs" },
  ],
  run: ({ flags }) => {
    writeDefaultConfig({
      bundle: flags.string("bundle"),
      file: flags.string("file"),
      rootless: flags.boolean("rootless") ?? false,
    });
    return 0;
  },
};
