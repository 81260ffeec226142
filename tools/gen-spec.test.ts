// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mkdtempSync, writeFileSync } from "node:fs";
import { patternWords } from "../src/spec/expectation.ts";
import { acceptsSource } from "./gen-spec/accepts.ts";
import { outlineSource } from "./gen-spec/outline.ts";
import { SchemaSet } from "./gen-spec/schema.ts";
import type { Schema } from "./gen-spec/schema.ts";
import { typesSource } from "./gen-spec/types.ts";
import { createAjv } from "./gen-spec/validators.ts";

const schemas = SchemaSet.load(join(import.meta.dirname, "../spec-schemas"));

const sample = new SchemaSet(
  new Map<string, Schema>([
    [
      "sample.json",
      {
        $id: "sample.json",
        title: "Sample",
        description: "A sample.",
        type: "object",
        properties: {
          name: { description: "A name.", type: "string", pattern: "^x" },
          level: { description: "A level.", $ref: "#/$defs/level" },
          big: { description: "Wide.", type: "integer", minimum: 0, maximum: 18446744073709551615 },
          kinds: { type: "array", minItems: 1, items: { enum: ["a", "b"] } },
          map: { type: "object", additionalProperties: { type: "string" }, propertyNames: { minLength: 2 } },
        },
        required: ["name"],
        dependentRequired: { level: ["big"] },
        $defs: { level: { title: "Level", type: "integer", minimum: 0, maximum: 7 } },
      },
    ],
  ]),
);

t.test("typesSource() writes an interface for each node with a title", (t) => {
  t.equal(
    typesSource(sample, ["sample.json"]).split("\n").slice(3).join("\n"),
    `/** A sample. */
export interface Sample {
  /** A name. */
  readonly name: string;
  /** A level. */
  readonly level?: Level | undefined;
  /** Wide. */
  readonly big?: number | bigint | undefined;
  readonly kinds?: readonly ("a" | "b")[] | undefined;
  readonly map?: Readonly<Record<string, string>> | undefined;
}

export type Level = number;
`,
  );
  t.end();
});

t.test("acceptsSource() writes a judge", async (t) => {
  const file = join(mkdtempSync(join(t.testdir(), "judge-")), "accepts.js");
  writeFileSync(file, acceptsSource(sample, { sample: "sample.json" }));
  const { sample: accepts } = (await import(pathToFileURL(file).href)) as { sample: (value: unknown) => boolean };
  const cases: readonly (readonly [unknown, boolean])[] = [
    [{ name: "x" }, true],
    [{ name: "y" }, false],
    [{}, false],
    [null, false],
    [[], false],
    [{ name: "x", level: 7, big: 1 }, true],
    [{ name: "x", level: 7 }, false],
    [{ name: "x", level: 8, big: 1 }, false],
    [{ name: "x", big: 2 ** 53 }, false],
    [{ name: "x", big: 2n ** 64n - 1n }, true],
    [{ name: "x", big: 2n ** 64n }, false],
    [{ name: "x", kinds: [] }, false],
    [{ name: "x", kinds: ["b", "c"] }, false],
    [{ name: "x", map: { ab: "c" } }, true],
    [{ name: "x", map: { a: "c" } }, false],
    [{ name: "x", map: { ab: 1 } }, false],
    [{ name: "x", other: 1 }, true],
  ];
  for (const [value, expected] of cases) t.equal(accepts(value), expected, String(value));
});

t.test("acceptsSource() refuses a keyword that it would not check", (t) => {
  const schema = {
    $id: "x.json",
    type: "object",
    title: "X",
    properties: { a: { type: "array", items: {}, uniqueItems: true } },
  };
  const set = new SchemaSet(new Map([["x.json", schema as Schema]]));
  t.throws(() => acceptsSource(set, { x: "x.json" }), { message: 'x.json: keyword "uniqueItems" is not supported' });
  t.end();
});

t.test("outlineSource() names the properties that hold objects", (t) => {
  t.match(
    outlineSource(sample, { sample: "sample.json" }),
    '{"Sample":{"properties":{"name":null,"level":null,"big":null,"kinds":null,"map":null}}}',
  );
  t.end();
});

function walk(node: unknown, visit: (node: Schema) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) visit(node as Schema);
  for (const inner of Object.values(node)) walk(inner, visit);
}

t.test("every schema file compiles, describes each property and has words for each pattern", (t) => {
  const ajv = createAjv(schemas);
  for (const [file, schema] of schemas.files) {
    t.doesNotThrow(() => ajv.getSchema(file), file);
    t.equal(schema.$id, file);
    t.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema", file);
    walk(schema, ({ properties, pattern }) => {
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (typeof property === "object" && property.const === undefined)
          t.ok(property.description, `${file}: ${name} is described`);
      }
      if (typeof pattern === "string") t.ok(patternWords[pattern], `${file}: words for ${pattern}`);
    });
  }
  t.end();
});

t.test("state and features documents are judged", (t) => {
  const ajv = createAjv(schemas);
  const state = { ociVersion: "1.3.0", id: "c", status: "running", pid: 4422, bundle: "/b", annotations: { a: "b" } };
  t.ok(ajv.validate("state.json", state));
  t.notOk(ajv.validate("state.json", { ...state, status: "frozen" }));
  t.ok(ajv.validate("features.json", { ociVersionMin: "1.0.0", ociVersionMax: "1.3.0", linux: { cgroup: { v1: true } } }));
  t.notOk(ajv.validate("features.json", { ociVersionMin: "1.0.0" }));
  t.end();
});
