// SPDX-License-Identifier: Apache-2.0
/** D-Bus values as bytes, the lowest first. Pure. D-Bus specification, "Marshaling (Wire Format)" */
import { alignmentOf, completeTypes, type DbusValue, type Variant } from "./signature.ts";

const integerBytes: Readonly<Record<string, number>> = { y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, h: 4, x: 8, t: 8 };

/** The bytes of values with the types of `signature`, as they stand at the start of a message's body. Throws when they do not fit. */
export function encode(signature: string, values: readonly DbusValue[]): Uint8Array {
  const bytes: number[] = [];
  const types = completeTypes(signature);
  if (types.length !== values.length)
    throw new Error(`${values.length} values for the D-Bus signature ${JSON.stringify(signature)}`);
  types.forEach((type, index) => {
    append(bytes, type, values[index] ?? "");
  });
  return Uint8Array.from(bytes);
}

function append(bytes: number[], type: string, value: DbusValue): void {
  pad(bytes, alignmentOf(type));
  const size = integerBytes[type];
  if (size !== undefined) appendInteger(bytes, size, integerOf(type, value));
  else if (type === "d") appendDouble(bytes, Number(value));
  else if (type === "s" || type === "o") appendText(bytes, textOf(type, value), 4);
  else if (type === "g") appendText(bytes, textOf(type, value), 1);
  else if (type === "v") appendVariant(bytes, value);
  else if (type.startsWith("a")) appendArray(bytes, type.slice(1), value);
  else appendStruct(bytes, type, value);
}

function pad(bytes: number[], alignment: number): void {
  while (bytes.length % alignment !== 0) bytes.push(0);
}

function integerOf(type: string, value: DbusValue): bigint {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "number" && typeof value !== "bigint") throw mismatch(type, value);
  return BigInt(value);
}

function appendInteger(bytes: number[], size: number, value: bigint): void {
  for (let rest = BigInt.asUintN(size * 8, value), left = size; left > 0; left--, rest >>= 8n) bytes.push(Number(rest & 0xffn));
}

function appendDouble(bytes: number[], value: number): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  bytes.push(...new Uint8Array(view.buffer));
}

function textOf(type: string, value: DbusValue): string {
  if (typeof value !== "string" || value.includes("\0")) throw mismatch(type, value);
  return value;
}

function appendText(bytes: number[], text: string, sizeOfLength: number): void {
  const encoded = utf8(text);
  appendInteger(bytes, sizeOfLength, BigInt(encoded.length));
  bytes.push(...encoded, 0);
}

function utf8(text: string): number[] {
  const parts = encodeURIComponent(text).match(/%..|./g) ?? [];
  return parts.map((part) => (part.length === 3 ? parseInt(part.slice(1), 16) : part.charCodeAt(0)));
}

function appendVariant(bytes: number[], value: DbusValue): void {
  if (!isVariant(value)) throw mismatch("v", value);
  appendText(bytes, value.signature, 1);
  append(bytes, value.signature, value.value);
}

function isVariant(value: DbusValue): value is Variant {
  return typeof value === "object" && !Array.isArray(value);
}

/** The length counts neither itself nor the padding before the first element. */
function appendArray(bytes: number[], type: string, value: DbusValue): void {
  if (!Array.isArray(value)) throw mismatch(`a${type}`, value);
  const lengthAt = bytes.length;
  bytes.push(0, 0, 0, 0);
  pad(bytes, alignmentOf(type));
  const start = bytes.length;
  for (const element of value as readonly DbusValue[]) append(bytes, type, element);
  const length: number[] = [];
  appendInteger(length, 4, BigInt(bytes.length - start));
  length.forEach((byte, index) => (bytes[lengthAt + index] = byte));
}

function appendStruct(bytes: number[], type: string, value: DbusValue): void {
  const members = completeTypes(type.slice(1, -1));
  if (!Array.isArray(value) || value.length !== members.length) throw mismatch(type, value);
  members.forEach((member, index) => {
    append(bytes, member, (value as readonly DbusValue[])[index] ?? "");
  });
}

function mismatch(type: string, value: DbusValue): Error {
  return new Error(`${String(value)} is no value of the D-Bus type ${JSON.stringify(type)}`);
}
