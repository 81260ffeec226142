// SPDX-License-Identifier: Apache-2.0
/** D-Bus values from bytes. Pure. D-Bus specification, "Marshaling (Wire Format)" */
import { alignmentOf, completeTypes, type DbusValue } from "./signature.ts";

/** Reads values one after the other. What does not lie in the bytes throws. */
export class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #at: number;

  constructor(bytes: Uint8Array, littleEndian: boolean, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#at = at;
  }

  /** Where the next value starts, its padding left out. */
  get offset(): number {
    return this.#at;
  }

  align(alignment: number): void {
    this.#at = Math.ceil(this.#at / alignment) * alignment;
  }

  values(signature: string): DbusValue[] {
    return completeTypes(signature).map((type) => this.value(type));
  }

  value(type: string): DbusValue {
    this.align(alignmentOf(type));
    if (type.startsWith("a")) return this.#array(type.slice(1));
    if (type.startsWith("(") || type.startsWith("{")) return this.values(type.slice(1, -1));
    if (type === "s" || type === "o") return this.#text(Number(this.#basic("u")));
    if (type === "g") return this.#text(Number(this.#basic("y")));
    if (type !== "v") return this.#basic(type);
    const signature = this.#text(Number(this.#basic("y")));
    return { signature, value: this.value(signature) };
  }

  #basic(type: string): number | bigint | boolean {
    const view = this.#view;
    const order = this.#littleEndian;
    switch (type) {
      case "y":
        return view.getUint8(this.#advance(1));
      case "b":
        return view.getUint32(this.#advance(4), order) !== 0;
      case "n":
        return view.getInt16(this.#advance(2), order);
      case "q":
        return view.getUint16(this.#advance(2), order);
      case "i":
        return view.getInt32(this.#advance(4), order);
      case "x":
        return view.getBigInt64(this.#advance(8), order);
      case "t":
        return view.getBigUint64(this.#advance(8), order);
      case "d":
        return view.getFloat64(this.#advance(8), order);
      default:
        return view.getUint32(this.#advance(4), order);
    }
  }

  #advance(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }

  #text(length: number): string {
    const start = this.#advance(length + 1);
    if (start + length >= this.#bytes.length) throw new Error("a text of a D-Bus message ends behind it");
    const escaped = [...this.#bytes.subarray(start, start + length)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`);
    return decodeURIComponent(escaped.join(""));
  }

  #array(type: string): DbusValue[] {
    const length = Number(this.#basic("u"));
    this.align(alignmentOf(type));
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("an array of a D-Bus message ends behind it");
    const values: DbusValue[] = [];
    while (this.#at < end) values.push(this.value(type));
    return values;
  }
}
