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

/** What modules of CommonJS expect, in a module that is none. */
const COMMONJS = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  'const __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL(".", import.meta.url));',
].join("\n");

/** For machines that are slow to open files: the packages are in the compiled file, too. Its source map would only be read. */
const WHOLE: BuildOptions = { packages: "bundle", sourcemap: false, banner: { js: COMMONJS } };

/** Where and how the tests are compiled. */
export interface Compilation {
  readonly repository: string;
  /** Inside the repository, so that packages are found. */
  readonly outdir: string;
  /** Whether each compiled file has all that it needs in it. */
  readonly whole?: boolean;
}

function options({ repository, outdir, whole = false }: Compilation, entries: readonly string[]): BuildOptions {
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
    ...(whole && WHOLE),
  };
}

/** Compiles `paths`. A file that does not compile fails alone: when the joint build fails, each file is built by itself. */
export async function compileTests(how: Compilation, paths: readonly string[]): Promise<Map<string, Compiled>> {
  const script = (path: string): string => join(how.outdir, path.replace(/\.ts$/, ".mjs"));
  const result = new Map<string, Compiled>();
  try {
    await build(options(how, paths));
    for (const path of paths) result.set(path, { script: script(path) });
  } catch {
    for (const path of paths) {
      try {
        await build(options(how, [path]));
        result.set(path, { script: script(path) });
      } catch (error) {
        result.set(path, { error: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return result;
}
