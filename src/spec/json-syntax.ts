// SPDX-License-Identifier: Apache-2.0
/**
 * Where and why a text is not JSON (RFC 8259), or has a name twice in an object, which glossary.md forbids. The engine's parser says
 * that it is not, each engine in its own words; this says the rest, and runs only then.
 */

/** The first error of a text. */
export interface SyntaxProblem {
  /** Line and column of the character at fault, from 1. */
  readonly line: number;
  readonly column: number;
  /** `expected a value, found "}"`. */
  readonly message: string;
  /** The line itself, cut around the fault, and a line that points at it. */
  readonly excerpt: string;
}

class Fault extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** The first syntax error of `text`, or undefined where it is JSON. */
export function findSyntaxProblem(text: string): SyntaxProblem | undefined {
  try {
    const scanner = new Scanner(text);
    scanner.value();
    scanner.end();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return describeFault(text, fault);
  }
}

const MAX_DEPTH = 512;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\w$+-]+/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    this.#space();
    const next = this.#text[this.#at];
    if (next === "{") this.#object();
    else if (next === "[") this.#members("]", "a value", () => this.value());
    else if (next === '"') this.#string();
    else this.#word();
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail("expected the end of the file");
  }

  /** Items between brackets, with commas between them and none after the last. */
  #members(close: string, expected: string, item: () => void): void {
    if (++this.#depth > MAX_DEPTH) this.#fail(`is nested deeper than ${MAX_DEPTH} levels`);
    this.#at++;
    this.#space();
    if (this.#text[this.#at] !== close) {
      for (;;) {
        item();
        this.#space();
        if (this.#text[this.#at] === close) break;
        this.#expect(",", `"," or "${close}"`);
        this.#space();
        if (this.#text[this.#at] === close) this.#fail(`expected ${expected} after the comma`);
      }
    }
    this.#at++;
    this.#depth--;
  }

  #object(): void {
    const names = new Set<string>();
    this.#members("}", "a property name in quotes", () => this.#member(names));
  }

  /** `names` are those that the object has by now. */
  #member(names: Set<string>): void {
    this.#space();
    if (this.#text[this.#at] !== '"') this.#fail("expected a property name in quotes");
    const start = this.#at;
    this.#string();
    const name = JSON.parse(this.#text.slice(start, this.#at)) as string;
    if (names.has(name)) this.#fail(`the object has ${JSON.stringify(name)} twice`, start);
    names.add(name);
    this.#space();
    this.#expect(":", '":" after the property name');
    this.value();
  }

  #string(): void {
    const start = this.#at++;
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) this.#fail("the string that starts here does not end", start);
      if (next === '"') break;
      if (next < " ")
        this.#fail("a string must not have a control character or line break in it", next === "\n" ? start : this.#at);
      if (next === "\\") this.#escape();
      else this.#at++;
    }
    this.#at++;
  }

  #escape(): void {
    const escape = this.#match(ESCAPE);
    if (escape === undefined) this.#fail("the string has an escape that JSON does not know");
    this.#at += escape.length;
  }

  #word(): void {
    const word = this.#match(NUMBER) ?? this.#match(WORD);
    if (word === undefined) this.#fail("expected a value");
    const whole = this.#match(WORD) ?? word;
    const isNumber = /^-?\d/.test(word) && whole.length <= word.length;
    if (!isNumber && !["true", "false", "null"].includes(whole)) this.#fail("expected a value");
    this.#at += word.length;
  }

  #expect(character: string, words: string): void {
    if (this.#text[this.#at] !== character) this.#fail(`expected ${words}`);
    this.#at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #space(): void {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #fail(message: string, offset = this.#at): never {
    throw new Fault(offset, message);
  }
}

const EXCERPT = 100;

function describeFault(text: string, { offset, message }: Fault): SyntaxProblem {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).replaceAll(/[\t\r]/g, " ");
  const column = offset - lineStart;
  const from = Math.max(0, column - EXCERPT / 2);
  const shown = line.slice(from, from + EXCERPT);
  const found = message.startsWith("expected") ? `, found ${foundAt(text, offset)}` : "";
  return {
    line: text.slice(0, lineStart).split("\n").length,
    column: column + 1,
    message: message + found,
    excerpt: `${shown}\n${" ".repeat(column - from)}^`,
  };
}

function foundAt(text: string, offset: number): string {
  if (offset >= text.length) return "the end of the file";
  WORD.lastIndex = offset;
  const word = WORD.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return JSON.stringify(word.slice(0, 40));
}
