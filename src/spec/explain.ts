// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that is wrong with a document that was not accepted. This is the rare path: ajv's validators are large, and only
 * this file knows them.
 */
import * as validators from "#gen/validators.js";
import type { SchemaError } from "#gen/validators.js";
import { expectation } from "./expectation.ts";
import type { SchemaNode } from "./expectation.ts";
import { propertiesAt } from "./outline.ts";
import { join, pathOf, show } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { suggest } from "./suggest.ts";

/** The documents that can be judged. */
export type DocumentKind = "config" | "process" | "resources";

/** Every problem of `value` in the order of the schema, one for each place; none when it is valid. */
export function explain(kind: DocumentKind, value: unknown): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of schemaErrors(kind, value)) {
    const problem = problemOf(error, kind);
    if (problem && !problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()];
}

/** ajv's errors for `value`, those apart that only repeat another. */
export function schemaErrors(kind: DocumentKind, value: unknown): readonly SchemaError[] {
  const validator = validators[kind];
  if (validator(value)) return [];
  return (validator.errors ?? []).filter((error) => !isPartOfAnyOf(error));
}

/** The branches of an anyOf report each for themselves; the anyOf as a whole says it in one sentence. */
function isPartOfAnyOf(error: SchemaError): boolean {
  return error.schemaPath.includes("/anyOf/");
}

function problemOf(error: SchemaError, kind: DocumentKind): Problem | undefined {
  const path = pathOf(error.instancePath);
  if (error.propertyName !== undefined) return keyProblem(error, path, error.propertyName);
  switch (error.keyword) {
    case "propertyNames":
      return undefined;
    case "required":
      return missing(path, String(error.params["missingProperty"]), kind, error);
    case "dependentRequired":
      return dependent(error, path);
    case "anyOf":
      return { path, message: lacks(error.parentSchema) };
    default:
      return wrongValue(error, path);
  }
}

function wrongValue({ data, parentSchema }: SchemaError, path: string): Problem {
  const node = parentSchema as SchemaNode;
  const suggestion = typeof data === "string" && node.enum ? suggest(data, node.enum) : undefined;
  return { path, message: `is ${show(data)}, and must be ${expectation(node)}`, suggestion };
}

function keyProblem({ parentSchema }: SchemaError, path: string, key: string): Problem {
  const node = parentSchema as SchemaNode;
  const suggestion = node.enum ? suggest(key, node.enum) : undefined;
  return { path, message: `has the key ${JSON.stringify(key)}, and a key must be ${expectation(node)}`, suggestion };
}

/** A property that is missing may be there under a name with a slip in it. */
function missing(path: string, name: string, kind: DocumentKind, error: SchemaError): Problem {
  const known = new Set(propertiesAt(kind, error.instancePath));
  const unknown = Object.keys(error.data as object).filter((key) => !known.has(key));
  const near = suggest(name, unknown);
  const message = "is missing, and is required";
  return { path: join(path, name), message: near === undefined ? message : `${message}; there is ${JSON.stringify(near)}` };
}

function dependent({ params }: SchemaError, path: string): Problem {
  const needed = JSON.stringify(params["missingProperty"]);
  return { path: join(path, String(params["property"])), message: `is given without ${needed}, which it needs` };
}

interface Branch {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly const?: string }>>;
}

/** An anyOf asks for one of some properties, or for all of them unless another one has a certain value. */
function lacks(schema: Readonly<Record<string, unknown>>): string {
  const branches = schema["anyOf"] as readonly Branch[];
  const names = branches.flatMap((branch) => branch.required ?? []).map((name) => JSON.stringify(name));
  const exceptions = branches.flatMap((branch) => Object.entries(branch.properties ?? {}));
  if (exceptions.length === 0) return `has neither ${names.join(" nor ")}, and needs one of them`;
  const unless = exceptions.map(([name, value]) => `its ${name} is ${JSON.stringify(value.const)}`);
  return `lacks ${names.join(" or ")}, and needs both unless ${unless.join(" or ")}`;
}
