// SPDX-License-Identifier: Apache-2.0
/** Which properties the specification knows at a place of a document, and which of a document it does not know. */
import { documents, shapes } from "#gen/spec-outline.ts";
import type { Shape } from "#gen/spec-outline.ts";
import { join, pointerKeys } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { suggest } from "./suggest.ts";

type DocumentKind = keyof typeof documents;

/** The names of the properties that may be at `pointer` (a JSON pointer); none where any name may be. */
export function propertiesAt(kind: DocumentKind, pointer: string): readonly string[] {
  let shape: Shape = documents[kind];
  for (const key of pointerKeys(pointer)) shape = member(resolve(shape), key);
  const at = resolve(shape);
  return at !== null && "properties" in at ? Object.keys(at.properties) : [];
}

/** The properties that the specification does not know, each with the name that it may have been meant to have. They are ignored. */
export function unknownProperties(value: unknown, kind: DocumentKind = "config"): readonly Problem[] {
  const problems: Problem[] = [];
  collect(value, documents[kind], "", problems);
  return problems;
}

type Resolved = Exclude<Shape, string>;

function resolve(shape: Shape): Resolved {
  if (typeof shape !== "string") return shape;
  const named = shapes[shape];
  return named === undefined || typeof named === "string" ? null : named;
}

function member(shape: Resolved, key: string): Shape {
  if (shape === null) return null;
  if ("properties" in shape) return shape.properties[key] ?? null;
  return "items" in shape ? shape.items : shape.values;
}

function collect(value: unknown, shape: Shape, path: string, problems: Problem[]): void {
  const known = resolve(shape);
  if (known === null || typeof value !== "object" || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    const at = join(path, isList ? Number(key) : key);
    if ("properties" in known && !Object.hasOwn(known.properties, key)) {
      const suggestion = suggest(key, Object.keys(known.properties));
      problems.push({ path: at, message: "is no property of the specification, and is ignored", suggestion });
    } else collect(inner, member(known, key), at, problems);
  }
}
