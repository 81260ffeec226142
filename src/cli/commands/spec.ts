// SPDX-License-Identifier: Apache-2.0
import { writeDefaultConfig } from "../../container/spec.ts";
import type { CommandDescription } from "../describe.ts";
import { bundleFlag } from "../flags.ts";

export const spec: CommandDescription = {
  name: "spec",
  summary: "write a config.json to begin with",
  description: [
    "Writes a config that runs a shell in the root file system `rootfs`, to begin with. A file that is there already is " +
      "left alone, and is an error.",
  ],
  parameters: [],
  flags: [
    { ...bundleFlag, help: "directory that gets the file" },
    { name: "file", short: "f", type: "string", value: "FILE", default: "config.json", help: "name of the file" },
    { name: "rootless", type: "boolean", help: "for a container that an ordinary user runs" },
  ],
  examples: [
    { words: "spec", what: "config.json in the current directory" },
    { words: "spec --rootless --bundle ~/web", what: "for a container of your own" },
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
