// SPDX-License-Identifier: Apache-2.0
/** Values in the text format of GVariant, as annotations give them: `uint64 5000000`, `'inactive-or-failed'`, `['a', 'b']`. Pure. */
import { firstType, type Value, type Variant } from "./wire.ts";

/** Names of types that may stand before a value, with their codes. */
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

/** Integer types with their least and greatest values. */
const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  y: [0n, 255n],
  n: [-(1n << 15n), (1n << 15n) - 1n],
  q: [0n, (1n << 16n) - 1n],
  i: [-(1n << 31n), (1n << 31n) - 1n],
  u: [0n, (1n << 32n) - 1n],
  h: [0n, (1n << 31n) - 1n],
  x: [-(1n << 63n), (1n << 63n) - 1n],
  t: [0n, (1n << 64n) - 1n],
};

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Reads one value. Throws with the place where the text is none. */
export function parseGvariant(text: string): Variant {
  const parser = new Parser(text);
  const variant = parser.value(undefined);
  parser.end();
  return variant;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #fail(expected: string): never {
    throw new Error(`${JSON.stringify(this.#text)} is no value: ${expected} expected at character ${this.#at + 1}`);
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  /** Takes what `pattern` (sticky) matches here. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #accept(character: string): boolean {
    this.#skipBlanks();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) this.#fail(JSON.stringify(character));
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail("the end");
  }

  /** A value, of the type that is known from outside or written before it. */
  value(type: string | undefined): Variant {
    this.#skipBlanks();
    if (this.#accept("@")) return this.value(this.#type());
    const word = this.#take(/[a-z][a-z0-9]*(?=[\s])/y);
    if (word !== undefined) {
      const code = keywords[word];
      if (code !== undefined) return this.value(code);
      this.#at -= word.length;
    }
    const start = this.#text.charAt(this.#at);
    if (start === "[") return this.#array(type);
    if (start === "(") return this.#tuple(type);
    if (start === "{") return this.#dictionary(type);
    if (start === "<") return this.#variant(type);
    if (start === "'" || start === '"') return this.#string(type);
    return this.#scalar(type);
  }

  #type(): string {
    const written = this.#take(/[ybnqiuhxtdsogav(){}]+/y) ?? this.#fail("a type");
    const type = firstType(written);
    this.#at -= written.length - type.length;
    return type;
  }

  #array(type: string | undefined): Variant {
    this.#check(type, "a");
    this.#expect("[");
    let element = type?.slice(1);
    const items: Value[] = [];
    while (!this.#accept("]")) {
      if (items.length > 0) this.#expect(",");
      const item = this.value(element);
      element ??= item.type;
      if (item.type !== element) this.#fail(`a value of type ${JSON.stringify(element)}`);
      items.push(item.value);
    }
    return { type: `a${element ?? this.#fail('a type (write "@as []")')}`, value: items };
  }

  #tuple(type: string | undefined): Variant {
    this.#check(type, "(");
    this.#expect("(");
    const items: Variant[] = [];
    let rest = type?.slice(1, -1);
    while (!this.#accept(")")) {
      if (items.length > 0) this.#expect(",");
      if (this.#accept(")")) break; // (1,)
      const item = this.value(rest === undefined ? undefined : firstType(rest));
      rest = rest?.slice(item.type.length);
      items.push(item);
    }
    return { type: `(${items.map((item) => item.type).join("")})`, value: items.map((item) => item.value) };
  }

  #dictionary(type: string | undefined): Variant {
    this.#check(type, "a{");
    this.#expect("{");
    let [key, value] = type === undefined ? [undefined, undefined] : [type.charAt(2), firstType(type.slice(3))];
    const entries: Value[] = [];
    while (!this.#accept("}")) {
      if (entries.length > 0) this.#expect(",");
      const name = this.value(key);
      this.#expect(":");
      const content = this.value(value);
      [key, value] = [name.type, content.type];
      entries.push([name.value, content.value]);
    }
    return { type: `a{${key ?? this.#fail("a type")}${value ?? this.#fail("a type")}}`, value: entries };
  }

  #variant(type: string | undefined): Variant {
    this.#check(type, "v");
    this.#expect("<");
    const inner = this.value(undefined);
    this.#expect(">");
    return { type: "v", value: inner };
  }

  #string(type: string | undefined): Variant {
    if (type !== undefined && !["s", "o", "g"].includes(type)) this.#fail(`a value of type ${JSON.stringify(type)}`);
    const quoted = this.#take(/'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y) ?? this.#fail("the end of the string");
    const value = quoted
      .slice(1, -1)
      .replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g, (_, short?: string, long?: string, other?: string) =>
        other === undefined ? String.fromCodePoint(Number.parseInt(short ?? long ?? "0", 16)) : (escapes[other] ?? other),
      );
    return { type: type ?? "s", value };
  }

  #scalar(type: string | undefined): Variant {
    const word = this.#take(/[A-Za-z0-9+.-]+/y) ?? this.#fail("a value");
    if (word === "true" || word === "false") {
      this.#check(type, "b");
      return { type: "b", value: word === "true" };
    }
    const isInteger = /^[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(word);
    if (type === "d" || (type === undefined && !isInteger)) {
      if (Number.isNaN(Number(word))) this.#fail("a number");
      return { type: "d", value: Number(word) };
    }
    const range = ranges[type ?? "i"];
    if (!isInteger || range === undefined) this.#fail(`a value of type ${JSON.stringify(type)}`);
    const value = toBigInt(word);
    if (value < range[0] || value > range[1]) this.#fail(`${range[0]} to ${range[1]}`);
    return { type: type ?? "i", value };
  }

  #check(type: string | undefined, start: string): void {
    if (type !== undefined && !type.startsWith(start)) this.#fail(`a value of type ${JSON.stringify(type)}`);
  }
}

function toBigInt(word: string): bigint {
  const negative = word.startsWith("-");
  const digits = BigInt(word.replace(/^[+-]/, ""));
  return negative ? -digits : digits;
}
