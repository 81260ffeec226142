// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles the program for the engine. usage: bundle.ts ENTRY OUTPUT
 *
 * `using` is lowered (using.ts), because the engine does not know it; that needs Symbol.dispose before any class is defined.
 */
import { readFileSync } from "node:fs";
import { build, type Plugin } from "esbuild";
import { hasUsing, lowerUsing } from "./using.ts";

const lowering: Plugin = {
  name: "using",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      return hasUsing(source) ? { contents: lowerUsing(source, path), loader: "js" } : { contents: source, loader: "ts" };
    });
  },
};

const banner = 'Symbol.dispose ??= Symbol.for("Symbol.dispose");';

async function main([entry, output]: string[]): Promise<void> {
  if (entry === undefined || output === undefined) throw new Error("usage: bundle.ts ENTRY OUTPUT");
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    external: ["runt:ffi", "runt:host"],
    banner: { js: banner },
    plugins: [lowering],
    minifySyntax: true,
    charset: "utf8",
    logLevel: "warning",
  });
}

await main(process.argv.slice(2));
