// SPDX-License-Identifier: Apache-2.0
/** Compiles the test files once, so that each starts as plain JavaScript. */
import { build } from "esbuild";
import type { BuildOptions, Plugin } from "esbuild";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where a compiled test is, or why it could not be compiled. */
export type Compiled = { readonly script: string } | { readonly error: string };

/** A bundled file still finds what lies beside its source: its `import.meta` says where that is. */
const sourcePlaces: Plugin = {
  name: "source-places",
  setup: (setup) => {
    setup.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const places = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
      const contents = readFileSync(path, "utf8").replace(
        /\bimport\.meta\.(url|filename|dirname)\b/g,
        (_, member: keyof typeof places) => JSON.stringify(places[member]),
      );
      return { contents, loader: "ts" };
    });
  },
};

function options(repository: string, outdir: string, entries: readonly string[]): BuildOptions {
  return {
    absWorkingDir: repository,
    entryPoints: [...entries],
    outdir,
    outbase: repository,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    external: ["runt:*"],
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    plugins: [sourcePlaces],
    logLevel: "silent",
  };
}

/**
 * Compiles `paths` into `outdir`, which must be inside the repository so that packages are found. A file that does not compile
 * fails alone: when the joint build fails, each file is built by itself.
 */
export async function compileTests(repository: string, outdir: string, paths: readonly string[]): Promise<Map<string, Compiled>> {
  const script = (path: string): string => join(outdir, path.replace(/\.ts$/, ".mjs"));
  const result = new Map<string, Compiled>();
  try {
    await build(options(repository, outdir, paths));
    for (const path of paths) result.set(path, { script: script(path) });
  } catch {
    for (const path of paths) {
      try {
        await build(options(repository, outdir, [path]));
        result.set(path, { script: script(path) });
      } catch (error) {
        result.set(path, { error: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return result;
}
