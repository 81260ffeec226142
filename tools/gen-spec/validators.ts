// SPDX-License-Identifier: Apache-2.0
/** Writes ajv's validators as one module that imports nothing: they say everything that is wrong with a document. */
import { buildSync } from "esbuild";
import { _, Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import type { KeywordCxt } from "ajv/dist/2020.js";
import type { Documents } from "./accepts.ts";
import { wideInteger } from "./schema.ts";
import type { Schema, SchemaSet } from "./schema.ts";

/** The JavaScript module with one function for each document, and its errors in the function's `errors`. */
export function validatorsSource(schemas: SchemaSet, documents: Documents): string {
  const ajv = createAjv(schemas);
  const code = standalone.default(ajv, { ...documents });
  const stdin = { contents: joinInPlace(code), resolveDir: import.meta.dirname };
  const bundled = buildSync({ stdin, bundle: true, format: "esm", minify: true, legalComments: "none", write: false });
  return `// SPDX-License-Identifier: Apache-2.0\n${bundled.outputFiles[0]?.text ?? ""}`;
}

/** ajv copies all errors so far for each part that has some, which takes the square of their number: here they are added to. */
function joinInPlace(code: string): string {
  const copying = /vErrors === null \? (\w+)\.errors : vErrors\.concat\(\1\.errors\)/g;
  const joined = code.replaceAll(copying, "addTo(vErrors, $1.errors)");
  if (joined === code || joined.includes(".concat(")) throw new Error("ajv joins its errors in a way that is not known here");
  return `${joined}\nfunction addTo(all, more) {\n  for (const error of all === null ? [] : more) all.push(error);\n  return all ?? more;\n}\n`;
}

/** The declarations of that module. */
export function validatorsDeclarations(documents: Documents): string {
  const names = Object.keys(documents);
  return `// SPDX-License-Identifier: Apache-2.0
export interface SchemaError {
  /** JSON pointer to the value. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the key of a map is at fault. */
  readonly propertyName?: string;
  /** The schema that the keyword is in. */
  readonly parentSchema: Readonly<Record<string, unknown>>;
  /** The value. */
  readonly data: unknown;
}
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}
${names.map((name) => `export const ${name}: Validator;\n`).join("")}`;
}

/** ajv with every schema file added, ready to compile any of them. */
export function createAjv(schemas: SchemaSet): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strictTypes: false,
    // Lengths in UTF-16 units: nothing to import. (The logger would call the option deprecated.)
    unicode: false,
    logger: false,
    // Each error carries its schema and value instead of a message, and is told in words from them.
    messages: false,
    verbose: true,
    code: { source: true, esm: true },
  });
  ajv.addKeyword({
    keyword: "wideInteger",
    schemaType: "string",
    error: { message: "must be a 64-bit integer", params: ({ schema }: Pick<KeywordCxt, "schema">) => _`{type: ${schema}}` },
    code: (context: KeywordCxt) => wideIntegerCode(context),
  });
  for (const schema of schemas.files.values()) ajv.addSchema(withWideIntegers(schema));
  return ajv;
}

/** A number must be exact; what is beyond that is a bigint. */
function wideIntegerCode(context: KeywordCxt): void {
  const { data } = context;
  const signed = context.schema === "int64";
  const range = signed ? _`${data} >= -(2n ** 63n) && ${data} < 2n ** 63n` : _`${data} >= 0n && ${data} < 2n ** 64n`;
  const exact = signed ? _`Number.isSafeInteger(${data})` : _`Number.isSafeInteger(${data}) && ${data} >= 0`;
  context.fail(_`!(typeof ${data} == "bigint" ? ${range} : ${exact})`);
}

/** The same schema with 64-bit integers under a keyword of their own, as ajv takes no bigint for an integer. */
function withWideIntegers(node: Schema): Schema {
  return JSON.parse(JSON.stringify(node), (_key, value: Schema) => {
    const wide = wideInteger(value);
    if (!wide) return value;
    const { title, description } = value;
    return { title, description, wideInteger: wide };
  }) as Schema;
}
