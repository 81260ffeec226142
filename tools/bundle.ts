// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles the program for the engine. usage: bundle.ts ENTRY OUTPUT
 *
 * `using` is lowered, because the engine does not know it; that needs Symbol.dispose before any class is defined.
 */
import { build } from "esbuild";

const banner = 'Symbol.dispose ??= Symbol.for("Symbol.dispose"); Symbol.asyncDispose ??= Symbol.for("Symbol.asyncDispose");';

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
    supported: { using: false },
    external: ["runt:ffi", "runt:host"],
    banner: { js: banner },
    minifySyntax: true,
    charset: "utf8",
    logLevel: "warning",
  });
}

await main(process.argv.slice(2));
