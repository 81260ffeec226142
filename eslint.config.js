// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** House rules that the compiler does not hold; layers are checked by .dependency-cruiser.json. */
const house = {
  "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "no-console": "error",
  "no-restricted-syntax": [
    "error",
    { selector: "ExportDefaultDeclaration", message: "export by name" },
    { selector: "TSEnumDeclaration", message: "use a union of strings or a table `as const`" },
  ],
  eqeqeq: "error",
  "prefer-const": "error",
  "no-control-regex": "off",
  "@typescript-eslint/consistent-type-imports": "error",
  "@typescript-eslint/no-invalid-void-type": "off",
  // `using _lock = ...` holds something until the end of its scope.
  "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
};

export default defineConfig(
  { ignores: ["build/", "node_modules/", "test/fixtures/"] },
  { files: ["**/*.ts"], extends: [tseslint.configs.strict], rules: house },
  { files: ["tools/**", "test/**", "bench/**", "conformance/**"], rules: { "no-console": "off" } },
  { files: ["**/*.test.ts"], rules: { "max-lines-per-function": "off" } },
);
