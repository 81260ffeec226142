// SPDX-License-Identifier: Apache-2.0
/**
 * Writes functions that say whether a document is valid, and nothing else: the path of every valid document.
 *
 * Against the validators of ajv they are a tenth of the code, which is what counts for a program that lives for milliseconds.
 * They agree with ajv on every value; what they refuse goes to ajv, to be told why.
 */
import { wideInteger } from "./schema.ts";
import type { Schema, SchemaSet } from "./schema.ts";

/** Functions to export: name, and the file of the schema. */
export type Documents = Readonly<Record<string, string>>;

const KNOWN = new Set(
  (
    "$schema $id $ref $defs title description type properties required additionalProperties propertyNames dependentRequired " +
    "items minItems enum const pattern minLength maxLength minimum maximum anyOf"
  ).split(" "),
);

const PRELUDE = `
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n];
const UINT64 = [0n, 2n ** 64n - 1n];
const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);
const isWide = (v, [least, most]) =>
  typeof v === "number" ? Number.isSafeInteger(v) && (v >= 0 || least < 0n) : typeof v === "bigint" && v >= least && v <= most;
function all(list, accepts) {
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) if (!accepts(list[i])) return false;
  return true;
}
`;

/** Patterns that need no regular expression; \`v\` is known to be a string. */
const PLAIN_PATTERNS: Readonly<Record<string, (value: string) => string>> = {
  "^/": (v) => `${v}.charCodeAt(0) === 47`,
  "^CAP_": (v) => `${v}.startsWith("CAP_")`,
  "^[^=]+=": (v) => `${v}.indexOf("=") > 0`,
};

/** The JavaScript module with one function for each document. Throws on a keyword that it does not know. */
export function acceptsSource(schemas: SchemaSet, documents: Documents): string {
  const writer = new Writer(schemas);
  const exported = Object.entries(documents).map(
    ([name, file]) => `export const ${name} = ${writer.predicate(schemas.file(file), file)};`,
  );
  return `// SPDX-License-Identifier: Apache-2.0\n${PRELUDE}\n${writer.text}\n${exported.join("\n")}\n`;
}

/** The declarations of that module. */
export function acceptsDeclarations(documents: Documents): string {
  const exported = Object.keys(documents).map((name) => `export function ${name}(value: unknown): boolean;`);
  return `// SPDX-License-Identifier: Apache-2.0\n${exported.join("\n")}\n`;
}

class Writer {
  readonly #schemas: SchemaSet;
  readonly #names = new Map<Schema, string>();
  readonly #patterns = new Map<string, string>();
  readonly #parts: string[] = [];

  constructor(schemas: SchemaSet) {
    this.#schemas = schemas;
  }

  get text(): string {
    const patterns = [...this.#patterns].map(([pattern, name]) => `const ${name} = ${new RegExp(pattern, "u").toString()};`);
    return [...patterns, ...this.#parts].join("\n");
  }

  /** An expression that is a function of the value. */
  predicate(node: Schema, file: string): string {
    const { schema, file: at } = this.#schemas.follow(node, file);
    if (schema.type !== "object") return `(v) => ${this.#condition(schema, at, "v")}`;
    const known = this.#names.get(schema);
    if (known !== undefined) return known;
    const name = `accepts${this.#names.size}`;
    this.#names.set(schema, name);
    this.#parts.push(`function ${name}(o) {\n  if (!isObject(o)) return false;\n${this.#object(schema, at)}  return true;\n}`);
    return name;
  }

  /** An expression that is true where the value (an expression too) is valid. */
  #condition(node: Schema, file: string, v: string): string {
    const { schema, file: at } = this.#schemas.follow(node, file);
    for (const keyword of Object.keys(schema))
      if (!KNOWN.has(keyword)) throw new Error(`${at}: keyword "${keyword}" is not supported`);
    switch (schema.type) {
      case "boolean":
        return `typeof ${v} === "boolean"`;
      case "integer":
        return integer(schema, v);
      case "array":
        return this.#array(schema, at, v);
      case "object":
        return `${this.predicate(schema, at)}(${v})`;
      default:
        return this.#string(schema, v);
    }
  }

  #array(schema: Schema, file: string, v: string): string {
    if (!schema.items) throw new Error(`an array of ${file} says nothing of its items`);
    const items = `all(${v}, ${this.predicate(schema.items, file)})`;
    return schema.minItems === undefined ? items : `(${items} && ${v}.length >= ${schema.minItems})`;
  }

  #string(schema: Schema, v: string): string {
    if (schema.enum) return `(${schema.enum.map((value) => `${v} === ${JSON.stringify(value)}`).join(" || ")})`;
    if (schema.const !== undefined) return `${v} === ${JSON.stringify(schema.const)}`;
    const terms = [`typeof ${v} === "string"`];
    if (schema.minLength !== undefined) terms.push(`${v}.length >= ${schema.minLength}`);
    if (schema.maxLength !== undefined) terms.push(`${v}.length <= ${schema.maxLength}`);
    if (schema.pattern !== undefined) terms.push(this.#pattern(schema.pattern, v));
    return terms.length === 1 ? terms.join() : `(${terms.join(" && ")})`;
  }

  #pattern(pattern: string, v: string): string {
    const plain = PLAIN_PATTERNS[pattern];
    if (plain) return plain(v);
    const name = this.#patterns.get(pattern) ?? `PATTERN${this.#patterns.size}`;
    this.#patterns.set(pattern, name);
    return `${name}.test(${v})`;
  }

  /** Statements that return false where the object \`o\` is invalid. */
  #object(schema: Schema, file: string): string {
    const required = new Set(schema.required);
    const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const member = `o.${name}`;
      const valid = this.#condition(property, file, member);
      return required.has(name) ? refuse(`!(${valid})`) : refuse(`${member} !== undefined && !(${valid})`);
    });
    for (const name of required) if (!schema.properties?.[name]) lines.push(refuse(`o.${name} === undefined`));
    lines.push(...this.#entries(schema, file));
    for (const [name, needed] of Object.entries(schema.dependentRequired ?? {})) {
      lines.push(refuse(`o.${name} !== undefined && (${needed.map((other) => `o.${other} === undefined`).join(" || ")})`));
    }
    if (schema.anyOf) lines.push(refuse(`!(${schema.anyOf.map((branch) => this.#branch(branch, file)).join(" || ")})`));
    return lines.join("");
  }

  /** Checks of every key and value, for an object that is a map. */
  #entries(schema: Schema, file: string): string[] {
    const checks: string[] = [];
    if (schema.propertyNames) checks.push(this.#condition({ type: "string", ...schema.propertyNames }, file, "key"));
    if (schema.additionalProperties) checks.push(this.#condition(schema.additionalProperties, file, "o[key]"));
    return checks.length === 0 ? [] : [`  for (const key in o) if (!(${checks.join(" && ")})) return false;\n`];
  }

  /** A branch of anyOf: members that must be there, and values that members must have if they are. */
  #branch(branch: Schema, file: string): string {
    const present = (branch.required ?? []).map((name) => `o.${name} !== undefined`);
    const values = Object.entries(branch.properties ?? {}).map(([name, property]) => {
      return `(o.${name} === undefined || ${this.#condition(property, file, `o.${name}`)})`;
    });
    return `(${[...present, ...values].join(" && ")})`;
  }
}

function refuse(condition: string): string {
  return `  if (${condition}) return false;\n`;
}

function integer(schema: Schema, v: string): string {
  const wide = wideInteger(schema);
  if (wide) return `isWide(${v}, ${wide.toUpperCase()})`;
  return `(Number.isInteger(${v}) && ${v} >= ${schema.minimum} && ${v} <= ${schema.maximum})`;
}
