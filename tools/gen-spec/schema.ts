// SPDX-License-Identifier: Apache-2.0
/** The subset of JSON schema (draft 2020-12) that `spec-schemas/` uses, and how references between its files are followed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A schema node. A `title` makes it a named type; a name of a definition stands for a type of its own only with a title. */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "boolean";
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly propertyNames?: Schema;
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
}

/** A 64-bit integer: its values may be beyond what a JavaScript number holds exactly. */
export type WideInteger = "int64" | "uint64";

/** The schema files by name, such as "linux.json". Throws on a node that a file may not contain (a misspelt keyword). */
export class SchemaSet {
  readonly files: ReadonlyMap<string, Schema>;

  constructor(files: ReadonlyMap<string, Schema>) {
    this.files = files;
  }

  /** Reads every `*.json` of a directory. */
  static load(directory: string): SchemaSet {
    const names = readdirSync(directory).filter((name) => name.endsWith(".json"));
    return new SchemaSet(
      new Map(names.sort().map((name) => [name, JSON.parse(readFileSync(join(directory, name), "utf8")) as Schema])),
    );
  }

  /** A file's root. Throws when there is no such file. */
  file(name: string): Schema {
    const schema = this.files.get(name);
    if (!schema) throw new Error(`no schema file "${name}"`);
    return schema;
  }

  /** What a reference ("mounts.json", "#/$defs/user", "defs.json#/$defs/uint32") written in `file` leads to. */
  resolve(ref: string, file: string): { readonly schema: Schema; readonly file: string } {
    const [name, fragment = ""] = ref.split("#");
    const target = name || file;
    const root = this.file(target);
    if (fragment === "") return { schema: root, file: target };
    const definition = root.$defs?.[fragment.replace("/$defs/", "")];
    if (!definition) throw new Error(`${file}: "${ref}" leads nowhere`);
    return { schema: definition, file: target };
  }

  /** The node itself, or what its reference leads to, as far as it goes. */
  follow(schema: Schema, file: string): { readonly schema: Schema; readonly file: string } {
    if (schema.$ref === undefined) return { schema, file };
    const target = this.resolve(schema.$ref, file);
    return this.follow(target.schema, target.file);
  }
}

/** Whether a node is a 64-bit integer, by its range. */
export function wideInteger(schema: Schema): WideInteger | undefined {
  if (schema.type !== "integer" || (schema.maximum ?? 0) <= Number.MAX_SAFE_INTEGER) return undefined;
  return (schema.minimum ?? 0) < 0 ? "int64" : "uint64";
}
