// SPDX-License-Identifier: Apache-2.0
/**
 * Values in the text format of GVariant, as annotations write unit properties: `true`, `uint64 5`, `'inactive-or-failed'`,
 * `@as []`, `[('/dev/null', 'rw')]`. Pure. GLib documentation, "GVariant Text Format"
 */
import { completeTypes, type DbusValue, type Variant } from "./dbus/signature.ts";

const keywords: Readonly<Record<string, string>> = {
  boolean: "b",
  byte: "y",
  int16: "n",
  uint16: "q",
  int32: "i",
  uint32: "u",
  handle: "h",
  int64: "x",
  uint64: "t",
  double: "d",
  string: "s",
  objectpath: "o",
  signature: "g",
};

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(@[a-z(){}]+)|([-+]?[0-9][0-9a-zA-Z.+-]*)|([a-z][a-z0-9]*)|([[\](){}<>,:]))\s*/suy;

/** Throws for text that is no such value. */
export function parseGvariant(text: string): Variant {
  const parser = new Parser(text);
  const value = parser.value(undefined);
  parser.expectEnd();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #token = "";

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  #advance(): string {
    const before = this.#token;
    if (this.#at >= this.#text.length) {
      this.#token = "";
      return before;
    }
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match === null) throw this.#error();
    this.#at = token.lastIndex;
    this.#token = match[0].trim();
    return before;
  }

  #error(): Error {
    return new Error(`${JSON.stringify(this.#text)} is no value in gvariant text format`);
  }

  #take(wanted: string): void {
    if (this.#advance() !== wanted) throw this.#error();
  }

  expectEnd(): void {
    if (this.#token !== "") throw this.#error();
  }

  /** The next value; of type `type`, if that is known. */
  value(type: string | undefined): Variant {
    const word = this.#advance();
    if (word.startsWith("@")) return this.value(this.#checked(word.slice(1), type));
    const keyword = Object.hasOwn(keywords, word) ? keywords[word] : undefined;
    if (keyword !== undefined) return this.value(this.#checked(keyword, type));
    if (word === "[") return this.#array(type);
    if (word === "(") return this.#tuple(type);
    if (word === "{") return this.#dictionary(type);
    if (word === "<") {
      const value = this.value(undefined);
      this.#take(">");
      return { signature: this.#checked("v", type), value };
    }
    return this.#basic(word, type);
  }

  #checked(found: string, wanted: string | undefined): string {
    if (completeTypes(found).length !== 1 || (wanted !== undefined && wanted !== found)) throw this.#error();
    return found;
  }

  #basic(word: string, type: string | undefined): Variant {
    if (word === "true" || word === "false") return { signature: this.#checked("b", type), value: word === "true" };
    if (word.startsWith('"') || word.startsWith("'")) {
      if (type !== undefined && !"sog".includes(type)) throw this.#error();
      return { signature: type ?? "s", value: unescape(word.slice(1, -1)) };
    }
    return this.#number(word, type);
  }

  #number(word: string, type: string | undefined): Variant {
    const isWhole = /^[-+]?(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(word);
    const signature = type ?? (isWhole ? "i" : "d");
    if (signature === "d" && word !== "" && Number.isFinite(Number(word))) return { signature, value: Number(word) };
    if (!isWhole || !"ynqiuhxt".includes(signature)) throw this.#error();
    const size = BigInt(word.replace(/^[-+]/, ""));
    const value = word.startsWith("-") ? -size : size;
    if (!fits(value, signature)) throw this.#error();
    return { signature, value: "xt".includes(signature) ? value : Number(value) };
  }

  /** The elements up to `close`, which is taken too. */
  #list(close: string, element: (index: number) => void): void {
    for (let index = 0; this.#token !== close; index++) {
      if (index > 0) this.#take(",");
      if (this.#token === close) break;
      element(index);
    }
    this.#take(close);
  }

  #array(type: string | undefined): Variant {
    if (type !== undefined && !type.startsWith("a")) throw this.#error();
    let elementType = type?.slice(1);
    const values: DbusValue[] = [];
    this.#list("]", () => {
      const { signature, value } = this.value(elementType);
      elementType = signature;
      values.push(value);
    });
    if (elementType === undefined) throw this.#error(); // an empty array needs a type in front: @as []
    return { signature: `a${elementType}`, value: values };
  }

  #tuple(type: string | undefined): Variant {
    const types = type?.startsWith("(") === true ? completeTypes(type.slice(1, -1)) : undefined;
    if (type !== undefined && types === undefined) throw this.#error();
    const members: Variant[] = [];
    this.#list(")", (index) => members.push(this.value(types?.[index])));
    const signature = `(${members.map((member) => member.signature).join("")})`;
    return { signature: this.#checked(signature, type), value: members.map(({ value }) => value) };
  }

  #dictionary(type: string | undefined): Variant {
    let [keyType, valueType] = type?.startsWith("a{") === true ? completeTypes(type.slice(2, -1)) : [];
    const entries: DbusValue[] = [];
    this.#list("}", () => {
      const key = this.value(keyType);
      this.#take(":");
      const value = this.value(valueType);
      [keyType, valueType] = [key.signature, value.signature];
      entries.push([key.value, value.value]);
    });
    if (keyType === undefined || valueType === undefined) throw this.#error();
    return { signature: this.#checked(`a{${keyType}${valueType}}`, type), value: entries };
  }
}

const bits: Readonly<Record<string, number>> = { y: 8, n: 16, q: 16, i: 32, u: 32, h: 32, x: 64, t: 64 };

function fits(value: bigint, type: string): boolean {
  const size = bits[type] ?? 0;
  return ("nix".includes(type) ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value)) === value;
}

const escapes: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu, (_, short?: string, long?: string, other?: string) => {
    if (other !== undefined) return escapes[other] ?? other;
    return String.fromCodePoint(parseInt(short ?? long ?? "", 16));
  });
}
