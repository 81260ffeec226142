// SPDX-License-Identifier: Apache-2.0
/** Values as D-Bus sends them, by their type signature. Pure. D-Bus specification, "Marshaling (Wire Format)" */
import { fromUtf8, toUtf8 } from "./utf8.ts";

/** A value with its type, for where the signature says "v". */
export interface Variant {
  readonly type: string;
  readonly value: Value;
}

/** Numbers and bigints for all integers and doubles; arrays for arrays and structs, pairs for dictionary entries. */
export type Value = number | bigint | string | boolean | Variant | readonly Value[];

/** Alignment of each type code, which is also the size of the fixed ones. */
const alignments: Readonly<Record<string, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  h: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  a: 4,
  v: 1,
  "(": 8,
  "{": 8,
};

function alignmentOf(type: string): number {
  const alignment = alignments[type.charAt(0)];
  if (alignment === undefined) throw new Error(`unknown D-Bus type ${JSON.stringify(type)}`);
  return alignment;
}

/** The first complete type of a signature: "a{sv}u" -> "a{sv}". Throws for a signature that is none. */
export function firstType(signature: string): string {
  const end = endOfType(signature, 0);
  return signature.slice(0, end);
}

function endOfType(signature: string, at: number): number {
  const code = signature.charAt(at);
  if (code === "a") return endOfType(signature, at + 1);
  if (code !== "(" && code !== "{") {
    alignmentOf(code);
    return at + 1;
  }
  const close = code === "(" ? ")" : "}";
  let next = at + 1;
  while (signature.charAt(next) !== close) {
    if (next >= signature.length) throw new Error(`D-Bus signature ${JSON.stringify(signature)} ends too early`);
    next = endOfType(signature, next);
  }
  return next + 1;
}

/** The complete types of a signature. */
export function splitSignature(signature: string): string[] {
  const types: string[] = [];
  for (let rest = signature; rest !== ""; rest = rest.slice(types.at(-1)?.length ?? rest.length)) types.push(firstType(rest));
  return types;
}

/** The members of a struct or dictionary entry. */
const membersOf = (type: string): string[] => splitSignature(type.slice(1, -1));

/** Bytes of a message or body, little-endian, padded as each type asks. */
export class Encoder {
  #bytes = new Uint8Array(256);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  pad(alignment: number): void {
    const length = (this.#length + alignment - 1) & ~(alignment - 1);
    this.#take(length - this.#length);
  }

  #take(count: number): DataView {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return new DataView(this.#bytes.buffer, start, count);
  }

  /** Appends values for all types of a signature. Throws when a value does not fit its type. */
  values(signature: string, values: readonly Value[]): void {
    const types = splitSignature(signature);
    if (types.length !== values.length)
      throw new Error(`${values.length} values for D-Bus signature ${JSON.stringify(signature)}`);
    types.forEach((type, index) => {
      this.value(type, values[index] ?? "");
    });
  }

  value(type: string, value: Value): void {
    this.pad(alignmentOf(type));
    const code = type.charAt(0);
    if (code === "a") this.#array(type.slice(1), value);
    else if (code === "(" || code === "{") this.values(membersOf(type).join(""), expectList(type, value));
    else if (code === "v") this.#variant(value);
    else if (code === "s" || code === "o" || code === "g") this.#text(code, value);
    else this.#number(code, value);
  }

  #array(type: string, value: Value): void {
    const items = expectList(`a${type}`, value);
    const at = this.#length;
    this.#take(4);
    this.pad(alignmentOf(type)); // not part of the length
    const start = this.#length;
    for (const item of items) this.value(type, item);
    new DataView(this.#bytes.buffer).setUint32(at, this.#length - start, true);
  }

  #variant(value: Value): void {
    if (typeof value !== "object" || Array.isArray(value)) throw wrongValue("v", value);
    const variant = value as Variant;
    this.#text("g", variant.type);
    this.value(variant.type, variant.value);
  }

  #text(code: string, value: Value): void {
    if (typeof value !== "string" || value.includes("\0")) throw wrongValue(code, value);
    const text = toUtf8(value);
    if (code === "g") this.#take(1).setUint8(0, text.length);
    else this.#take(4).setUint32(0, text.length, true);
    this.#take(text.length + 1);
    this.#bytes.set(text, this.#length - text.length - 1);
  }

  #number(code: string, value: Value): void {
    if (code === "b") {
      if (typeof value !== "boolean") throw wrongValue(code, value);
      this.#take(4).setUint32(0, value ? 1 : 0, true);
      return;
    }
    if (typeof value !== "number" && typeof value !== "bigint") throw wrongValue(code, value);
    const view = this.#take(alignmentOf(code));
    if (code === "d") view.setFloat64(0, Number(value), true);
    else if (code === "x") view.setBigInt64(0, BigInt(value), true);
    else if (code === "t") view.setBigUint64(0, BigInt(value), true);
    else if (code === "y") view.setUint8(0, Number(value));
    else if (code === "n" || code === "q") view.setUint16(0, Number(value), true);
    else view.setUint32(0, Number(value), true);
  }
}

function expectList(type: string, value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw wrongValue(type, value);
  return value as readonly Value[];
}

function wrongValue(type: string, value: Value): Error {
  return new Error(
    `${typeof value === "bigint" ? value : JSON.stringify(value)} is no D-Bus value of type ${JSON.stringify(type)}`,
  );
}

/** Reads little-endian values one after another. Throws when the bytes end too early: nothing that was received is trusted. */
export class Decoder {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  pad(alignment: number): void {
    this.#at = (this.#at + alignment - 1) & ~(alignment - 1);
  }

  #take(count: number): number {
    const start = this.#at;
    this.#at += count;
    if (count < 0 || this.#at > this.#bytes.length) throw new Error("D-Bus message ends too early");
    return start;
  }

  /** Values of all types of a signature. */
  values(signature: string): Value[] {
    return splitSignature(signature).map((type) => this.value(type));
  }

  value(type: string): Value {
    this.pad(alignmentOf(type));
    const code = type.charAt(0);
    if (code === "a") return this.#array(type.slice(1));
    if (code === "(" || code === "{") return membersOf(type).map((member) => this.value(member));
    if (code === "v") {
      const inner = this.#text("g");
      return { type: inner, value: this.value(firstType(inner)) };
    }
    if (code === "s" || code === "o" || code === "g") return this.#text(code);
    return this.#number(code);
  }

  #array(type: string): Value[] {
    const length = this.#view.getUint32(this.#take(4), true);
    this.pad(alignmentOf(type));
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("D-Bus message ends too early");
    const items: Value[] = [];
    while (this.#at < end) items.push(this.value(type));
    return items;
  }

  #text(code: string): string {
    const length = code === "g" ? this.#view.getUint8(this.#take(1)) : this.#view.getUint32(this.#take(4), true);
    const start = this.#take(length + 1);
    return fromUtf8(this.#bytes.subarray(start, start + length));
  }

  #number(code: string): number | bigint | boolean {
    const at = this.#take(alignmentOf(code));
    const view = this.#view;
    if (code === "b") return view.getUint32(at, true) !== 0;
    if (code === "y") return view.getUint8(at);
    if (code === "n") return view.getInt16(at, true);
    if (code === "q") return view.getUint16(at, true);
    if (code === "i") return view.getInt32(at, true);
    if (code === "u" || code === "h") return view.getUint32(at, true);
    if (code === "x") return view.getBigInt64(at, true);
    if (code === "t") return view.getBigUint64(at, true);
    return view.getFloat64(at, true);
  }
}
