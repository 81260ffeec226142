// SPDX-License-Identifier: Apache-2.0
/** The tables of commands and flags of src/cli, read outside of the engine: what they would call is left empty. */
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ProgramDescription } from "../../src/cli/describe.ts";

export interface Tables {
  readonly program: ProgramDescription;
  readonly version: string;
}

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `runt:ffi` and `runt:host` are there in the engine alone. Descriptions need neither: every function of theirs does nothing. */
const noEngine: Plugin = {
  name: "no-engine",
  setup: (setup) => {
    setup.onResolve({ filter: /^runt:/ }, ({ path }) => ({ path, namespace: "no-engine" }));
    setup.onLoad({ filter: /./, namespace: "no-engine" }, () => ({
      contents: "module.exports = Object.create(new Proxy({}, { get: () => () => undefined }));",
      loader: "js",
    }));
  },
};

const entry = `
export { program } from "./src/cli/commands.ts";
export { VERSION as version } from "#gen/version.ts";
`;

/** Bundles the tables and loads them. The generated code (build/gen) must be there. */
export async function loadTables(): Promise<Tables> {
  const { outputFiles } = await build({
    absWorkingDir: repository,
    stdin: { contents: entry, resolveDir: repository, sourcefile: join(repository, "tables.ts"), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    supported: { using: false },
    banner: { js: 'Symbol.dispose ??= Symbol.for("Symbol.dispose");' },
    plugins: [noEngine],
    logLevel: "warning",
  });
  const directory = mkdtempSync(join(tmpdir(), "runt-tables-"));
  try {
    const file = join(directory, "tables.mjs");
    writeFileSync(file, outputFiles[0]?.text ?? "");
    const tables: Tables = await import(pathToFileURL(file).href);
    return tables;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
