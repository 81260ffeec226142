// SPDX-License-Identifier: Apache-2.0
/** Writes the TypeScript types of the schemas: one interface or alias for each node with a title. */
import { wideInteger } from "./schema.ts";
import type { Schema, SchemaSet } from "./schema.ts";

const HEADER = "// SPDX-License-Identifier: Apache-2.0\n// Generated from spec-schemas/ by tools/gen-spec.ts.\n";

interface Scope {
  readonly schemas: SchemaSet;
  readonly file: string;
  /** Declarations by name, in the order in which they were met. */
  readonly declared: Map<string, string>;
}

/** The source text with the types of every titled node reachable from `roots` (file names), and of their definitions. */
export function typesSource(schemas: SchemaSet, roots: readonly string[]): string {
  const declared = new Map<string, string>();
  for (const file of roots) {
    const root = schemas.file(file);
    typeOf(root, { schemas, file, declared });
    for (const definition of Object.values(root.$defs ?? {})) typeOf(definition, { schemas, file, declared });
  }
  return `${HEADER}\n${[...declared.values()].join("\n")}`;
}

/** The type of a node as an expression; declares what has a title on the way. */
function typeOf(schema: Schema, scope: Scope): string {
  if (schema.$ref !== undefined) {
    const target = scope.schemas.resolve(schema.$ref, scope.file);
    return typeOf(target.schema, { ...scope, file: target.file });
  }
  if (schema.title === undefined) return expression(schema, scope);
  if (!scope.declared.has(schema.title)) {
    scope.declared.set(schema.title, "");
    scope.declared.set(schema.title, declaration(schema.title, schema, scope));
  }
  return schema.title;
}

function declaration(title: string, schema: Schema, scope: Scope): string {
  const doc = comment(schema.description, "");
  if (schema.properties === undefined) return `${doc}export type ${title} = ${expression(schema, scope)};\n`;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties).map(([name, property]) => {
    const type = typeOf(property, scope);
    const member = required.has(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`;
    return `${comment(property.description, "  ")}  readonly ${member};\n`;
  });
  return `${doc}export interface ${title} {\n${members.join("")}}\n`;
}

function expression(schema: Schema, scope: Scope): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
      return wideInteger(schema) ? "number | bigint" : "number";
    case "array": {
      if (!schema.items) throw new Error(`an array of ${scope.file} says nothing of its items`);
      const item = typeOf(schema.items, scope);
      return item.includes(" ") ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case "object":
      return mapType(schema, scope);
    default:
      throw new Error(`a node of ${scope.file} has no type: ${JSON.stringify(schema)}`);
  }
}

function mapType(schema: Schema, scope: Scope): string {
  if (schema.properties) throw new Error(`an object of ${scope.file} has properties and no title: ${JSON.stringify(schema)}`);
  const value = schema.additionalProperties ? typeOf(schema.additionalProperties, scope) : "unknown";
  return `Readonly<Record<string, ${value}>>`;
}

function comment(text: string | undefined, indent: string): string {
  return text === undefined ? "" : `${indent}/** ${text} */\n`;
}
