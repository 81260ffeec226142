// SPDX-License-Identifier: Apache-2.0
/** Writes the names of the properties of every kind of object: what tells an unknown property, and what it may have been meant to be. */
import type { Documents } from "./accepts.ts";
import type { Schema, SchemaSet } from "./schema.ts";

const HEADER = `// SPDX-License-Identifier: Apache-2.0
// Generated from spec-schemas/ by tools/gen-spec.ts.

/**
 * What a value is made of: properties by name; the items of a list or the values of a map (of any key); nothing further.
 * A string is the name of an entry of \`shapes\`.
 */
export type Shape = { readonly properties: Readonly<Record<string, Shape>> } | { readonly items: Shape } | { readonly values: Shape } | string | null;
`;

/** The TypeScript module: `shapes` by the title of the type, and `documents` by the names of the validators. */
export function outlineSource(schemas: SchemaSet, documents: Documents): string {
  const shapes = new Map<string, unknown>();
  const entries = Object.entries(documents).map(([name, file]) => [name, shapeOf(schemas.file(file), file, schemas, shapes)]);
  const text = (value: unknown) => JSON.stringify(value);
  return `${HEADER}
export const shapes: Readonly<Record<string, Shape>> = ${text(Object.fromEntries(shapes))};

export const documents: Readonly<Record<${Object.keys(documents).map(text).join(" | ")}, Shape>> = ${text(Object.fromEntries(entries))};
`;
}

function shapeOf(node: Schema, file: string, schemas: SchemaSet, shapes: Map<string, unknown>): unknown {
  const { schema, file: at } = schemas.follow(node, file);
  if (schema.type === "array" && schema.items) return part("items", shapeOf(schema.items, at, schemas, shapes));
  if (schema.type !== "object") return null;
  if (!schema.properties)
    return schema.additionalProperties ? part("values", shapeOf(schema.additionalProperties, at, schemas, shapes)) : null;
  const title = schema.title ?? at;
  if (!shapes.has(title)) {
    shapes.set(title, null);
    const properties = Object.entries(schema.properties).map(([name, value]) => [name, shapeOf(value, at, schemas, shapes)]);
    shapes.set(title, { properties: Object.fromEntries(properties) });
  }
  return title;
}

/** Scalars inside need no entry. */
function part(kind: "items" | "values", inner: unknown): unknown {
  return inner === null ? null : { [kind]: inner };
}
