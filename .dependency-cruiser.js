// SPDX-License-Identifier: Apache-2.0
/**
 * The import direction, in one table (docs/ARCHITECTURE.md says why). What a layer does not name, it may not import; its own files
 * and the generated `#gen/*` that are listed here are free.
 */
const ROOMS = "bundle|cgroup|console|criu|hooks|host|intel-rdt|log|lsm|namespaces|process|rootfs|seccomp|store";
const PURE_LINUX = "^src/linux/(errors|errno|fd|signals?|proc/.*)\\.ts$";
const SPEC_TYPES = "^build/gen/spec-types\\.ts$";

/** layer: [pattern of its files, patterns it may import, patterns of which it may import types] */
const LAYERS = {
  cli: ["^src/cli/", ["^src/(container|spec|log)/"], ["^src/plan/types\\.ts$"]],
  container: ["^src/container/", ["^src/(plan|spec)/", `^src/(${ROOMS})/`, PURE_LINUX], ["^src/linux/"]],
  plan: ["^src/plan/", ["^src/spec/"], []],
  bundle: ["^src/bundle/", ["^src/(linux|spec)/"], []],
  room: [`^src/(?!bundle/)(${ROOMS})/`, ["^src/linux/"], ["^src/plan/types\\.ts$", "^src/spec/types\\.ts$"]],
  linux: ["^src/linux/", ["^src/ffi/", "^build/gen/(constants|structs|ffi)", "^runt:"], []],
  spec: ["^src/spec/", [SPEC_TYPES, "^build/gen/"], []],
  ffi: ["^src/ffi/", [], []],
};
/** What any file of src may import: the pinned package of the command line is for cli alone, the host module for cli and linux. */
const ANY = ["^build/gen/version\\.ts$", "^node_modules/(@types/)?tap/", "^runt:host$"];

function layerRules() {
  return Object.entries(LAYERS).flatMap(([layer, [files, values, types]]) => {
    const own = layer === "room" ? "^src/$1/" : files;
    const from = { path: files, pathNot: "\\.test\\.ts$" };
    const name = (kind) => `${layer}-${kind}`;
    return [
      {
        name: name("imports"),
        comment: `${layer} may import ${[...values, "its own files"].join(", ")}${types.length ? `; types of ${types.join(", ")}` : ""}`,
        severity: "error",
        from,
        to: { path: "^(src|build/gen|tools|test|bench)/|^runt:", pathNot: [own, ...values, ...types, ...ANY] },
      },
      ...(types.length
        ? [
            {
              name: name("types-only"),
              comment: `${layer} may import only types of ${types.join(", ")}`,
              severity: "error",
              from,
              to: { path: types, pathNot: [own, ...values], dependencyTypesNot: ["type-only"] },
            },
          ]
        : []),
    ];
  });
}

export default {
  forbidden: [
    ...layerRules(),
    {
      name: "one-door",
      comment: "only src/linux speaks to the kernel: runt:ffi, and the generated constants and structs",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/linux/" },
      to: { path: "^runt:ffi$|^build/gen/(constants|structs)\\.ts$" },
    },
    {
      name: "no-node-in-the-product",
      comment: "the product runs on the embedded engine, which has no modules of Node",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "packages-of-the-product",
      comment: "no package is part of the binary",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^node_modules/" },
    },
    {
      name: "tests-use-the-binary",
      comment: "test, conformance and bench drive the binary; they may import types of the spec",
      severity: "error",
      from: { path: "^(test|conformance|bench)/" },
      to: { path: "^src/", pathNot: "^src/spec/types\\.ts$" },
    },
    {
      name: "no-cycles",
      comment: "a cycle hides which file is below",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
