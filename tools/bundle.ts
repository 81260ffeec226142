// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles the program for the engine. usage: bundle.ts ENTRY FFI OUTPUT; FFI is the directory with the generated constants and
 * structs of the target's architecture.
 *
 * `using` is lowered (using.ts), because the engine does not know it; that needs Symbol.dispose before any class is defined.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
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

/** The headers' numbers are those of the target, whatever package.json says of `#gen/`. */
function numbersOf(ffi: string): Plugin {
  return {
    name: "numbers",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^#gen\/(constants|structs)\.ts$/ }, ({ path }) => ({
        path: join(resolve(ffi), path.slice("#gen/".length)),
      }));
    },
  };
}

async function main([entry, ffi, output]: string[]): Promise<void> {
  if (entry === undefined || ffi === undefined || output === undefined) throw new Error("usage: bundle.ts ENTRY FFI OUTPUT");
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
    plugins: [lowering, numbersOf(ffi)],
    minifySyntax: true,
    charset: "utf8",
    logLevel: "warning",
  });
}

await main(process.argv.slice(2));
